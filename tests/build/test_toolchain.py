"""What sitegen's own code says is its content, read again where a signature could hide another one."""

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from sitegen.build.cache import Cache
from sitegen.build.scan import Files
from sitegen.build.seen import RACY_NS, KnownFiles
from sitegen.build.toolchain import CODE, code_files, keep_code, recall_code, toolchain_digest

ROOM = Path(__file__).resolve().parents[2] / "sitegen" / "notation"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return shutil.copytree(ROOM, tmp_path / "package", ignore=shutil.ignore_patterns("__pycache__"))


def remembered(files: Files, later: int = 2 * RACY_NS) -> KnownFiles:
    """What a cache would hold of files that were read so much later than they were written."""
    return KnownFiles.of({name: msgspec.structs.replace(seen, at=seen.at + later) for name, seen in files.seen.items()})


def test_a_module_whose_signature_is_as_remembered_is_not_read(package):
    known = remembered(code_files(package, None))
    (package / "yaml.py").chmod(0o644)  # moves its ctime: this one is read
    files = code_files(package, known)

    assert files.fresh == {"yaml.py"}
    assert files.fingerprint() == code_files(package, None).fingerprint()


def test_a_module_that_was_read_shortly_after_it_was_written_is_read_again(package):
    files = code_files(package, remembered(code_files(package, None), later=0))

    assert files.fresh == set(files.seen)


def test_a_module_with_other_content_of_the_same_size_and_time_is_noticed(package):
    first = code_files(package, None)
    module = package / "yaml.py"
    before, status = module.read_bytes(), module.stat()
    module.write_bytes(before[:-2] + b"#\n")
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    files = code_files(package, remembered(first))

    assert module.stat().st_size == status.st_size
    assert module.stat().st_mtime_ns == status.st_mtime_ns
    assert files.fingerprint() != first.fingerprint()
    module.write_bytes(before)
    assert code_files(package, remembered(files)).fingerprint() == first.fingerprint()


def test_a_module_that_came_or_went_is_noticed(package):
    first = code_files(package, None)
    (package / "more").mkdir()
    (package / "more" / "added.py").write_bytes(b"")
    added = code_files(package, remembered(first))
    (package / "more" / "added.py").unlink()

    assert added.fingerprint() != first.fingerprint()
    assert code_files(package, remembered(added)).fingerprint() == first.fingerprint()


def test_another_installation_with_the_same_code_has_the_same_fingerprint(package, tmp_path):
    other = shutil.copytree(package, tmp_path / "other")
    linked = tmp_path / "linked"
    linked.mkdir()
    for path in package.glob("*.py"):
        (linked / path.name).symlink_to(path)
    known = remembered(code_files(package, None))

    assert code_files(other, known).fingerprint() == code_files(package, known).fingerprint()
    assert code_files(linked, known).fingerprint() == code_files(package, known).fingerprint()
    assert code_files(other, known).fresh == code_files(package, None).fresh


def test_what_a_cache_holds_of_our_files_is_what_was_seen_of_them(tmp_path):
    digest = toolchain_digest()
    cache = Cache(tmp_path)
    keep_code(cache)
    kept = cache.known(CODE, KnownFiles)
    recall_code(cache)
    cache.close()

    assert kept is not None
    assert "notation/yaml.py" in list(kept)
    assert toolchain_digest() == digest
