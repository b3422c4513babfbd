"""Ready-made files that let a host build and publish the site: GitHub, GitLab, Codeberg, Netlify, Cloudflare, rsync.

Invariant: pure texts. What is written where, and that nothing is overwritten, is the command's matter. Majors of
actions are those in use in August 2026.
"""

import json
from typing import Final

import msgspec

WORKFLOW: Final = ".github/workflows/pages.yml"
WHEELS: Final = "tools/sitegen_articles-*.whl"
HOSTS: Final = ("github", "gitlab", "codeberg", "netlify", "cloudflare", "rsync")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What the files have to know: the branch of the sources, the site's folder in the repository ("" for its top),
    the command that installs sitegen, the output folder in the site's, and the site's address.
    """

    branch: str = "main"
    folder: str = ""
    install: str = f"pip install ./{WHEELS}"
    output: str = "public"
    base_url: str = "https://example.org/"

    def below(self, path: str) -> str:
        """A path in the site's folder as the repository's top sees it."""
        return f"{self.folder}/{path}" if self.folder else path


class Written(msgspec.Struct, frozen=True):
    """A file to write (its path from the repository's top), and what its user has to do besides."""

    path: str
    text: str
    next: str


def file_for(host: str, place: Place) -> Written:
    """The file for one of `HOSTS`. Raises: KeyError for another."""
    makers = {
        "github": _github,
        "gitlab": _gitlab,
        "codeberg": _codeberg,
        "netlify": _netlify,
        "cloudflare": _cloudflare,
        "rsync": _rsync,
    }
    return makers[host](place)


def _text(value: str) -> str:
    """A scalar that YAML, TOML and JSON read alike."""
    return json.dumps(value, ensure_ascii=False)


def _github(place: Place) -> Written:
    where = f"\n    defaults:\n      run:\n        working-directory: {_text(place.folder)}" if place.folder else ""
    text = f"""name: Pages

on:
  push:
    branches: [{_text(place.branch)}]
  schedule:
    - cron: "17 4 * * *" # articles dated ahead appear on their day
  workflow_dispatch:

permissions:
  contents: read

concurrency: # one deployment at a time; a running one is never cut off
  group: pages
  cancel-in-progress: false

jobs:
  build:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
      pages: read{where}
    steps:
      - uses: actions/checkout@v7
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - id: pages
        uses: actions/configure-pages@v6
      - uses: actions/cache@v6 # saves time only: without it the same site is built from nothing
        with:
          path: {_text(place.below(".sitegen"))}
          key: sitegen-${{{{ runner.os }}}}-${{{{ github.sha }}}}
          restore-keys: sitegen-${{{{ runner.os }}}}-
      - run: {_text(place.install)}
      - run: sitegen build --strict --base-url "$BASE_URL"
        env:
          BASE_URL: ${{{{ steps.pages.outputs.base_url }}}}/
      - uses: actions/upload-pages-artifact@v5
        with:
          path: {_text(place.below(place.output))}
          include-hidden-files: true # .well-known is part of a site

  deploy:
    needs: build
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      pages: write
      id-token: write
    environment:
      name: github-pages
      url: ${{{{ steps.deployment.outputs.page_url }}}}
    steps:
      - id: deployment
        uses: actions/deploy-pages@v5
"""
    return Written(WORKFLOW, text, "on GitHub, under Settings, Pages, Build and deployment, choose GitHub Actions")


def _gitlab(place: Place) -> Written:
    enter = f"    - cd {_text(place.folder)}\n" if place.folder else ""
    text = f"""pages:
  stage: deploy
  image: python:3.13
  rules:
    - if: $CI_COMMIT_BRANCH == {_text(place.branch)}
  cache:
    key: sitegen
    paths: [{_text(place.below(".sitegen"))}]
  script:
{enter}    - {_text(place.install)}
    - sitegen build --strict --base-url "$CI_PAGES_URL/"
  pages:
    publish: {_text(place.below(place.output))}
"""
    return Written(".gitlab-ci.yml", text, "push it; the address stands under Deploy, Pages")


def _codeberg(place: Place) -> Written:
    enter = f"      - cd {_text(place.folder)}\n" if place.folder else ""
    text = f"""when:
  event: push
  branch: {_text(place.branch)}

steps:
  publish:
    image: python:3.13
    environment:
      TOKEN:
        from_secret: codeberg_token
    commands:
{enter}      - {_text(place.install)}
      - git config user.name "sitegen"
      - git config user.email "noreply@codeberg.org"
      - git remote set-url --push origin "https://$CI_REPO_OWNER:$TOKEN@codeberg.org/$CI_REPO.git"
      - sitegen deploy --branch pages --base-url {_text(place.base_url)}
"""
    said = "ask Codeberg for Woodpecker, and give it a secret codeberg_token that may write to the repository"
    return Written(".woodpecker/pages.yml", text, said)


def _netlify(place: Place) -> Written:
    base = f"  base = {_text(place.folder)}\n" if place.folder else ""
    text = f"""[build]
{base}  command = {_text(f"{place.install} && sitegen build --strict --base-url {place.base_url}")}
  publish = {_text(place.output)}

[build.environment]
  PYTHON_VERSION = "3.13"

[[headers]]
  for = "/assets/*"
  [headers.values]
    Cache-Control = "public, max-age=31536000, immutable"
"""
    return Written("netlify.toml", text, "on Netlify, add a new site from this repository")


def _cloudflare(place: Place) -> Written:
    text = f"""# Build command, to be entered in the dashboard under Settings, Build:
#   {place.install} && sitegen build --strict --base-url {place.base_url}
name = "site"
pages_build_output_dir = {_text(place.output)}
compatibility_date = "2026-08-01"
"""
    said = "on Cloudflare, make a Pages project from this repository, and enter the build command that the file names"
    return Written(place.below("wrangler.toml"), text, said)


def _rsync(place: Place) -> Written:
    text = f"""#!/bin/sh
# Build the site and copy it to a server:  ./deploy.sh user@server:/var/www/site/
# What is gone from the site is removed there, last, so that no page is missing in between.
set -eu
cd "$(dirname "$0")"
target=${{1:?name the target, such as user@server:/var/www/site/}}
sitegen build --strict --base-url {_text(place.base_url)}
rsync --recursive --links --times --checksum --compress --delete-after --delay-updates \\
  --exclude .sitegen-output --exclude .sitegen-stage {_text(place.output + "/")} "$target"
"""
    return Written(place.below("deploy.sh"), text, "run it as  sh deploy.sh user@server:/var/www/site/")
