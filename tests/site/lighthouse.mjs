// Lighthouse over pages, one after the other in one browser: `node lighthouse.mjs PORT ADDRESS FORM SLOWDOWN
// [CATEGORY]...`, with FORM mobile or desktop, and SLOWDOWN how much slower than this machine a phone's processor is.
// Prints one JSON object: the score of each category, from 0 to 100, what fell short in it, and the machine's speed.
import lighthouse, { desktopConfig } from "lighthouse";

const [port, address, form, slowdown, ...categories] = process.argv.slice(2);
const flags = { port: Number(port), output: "json", logLevel: "error", throttlingMethod: "simulate" };
if (categories.length) flags.onlyCategories = categories;
if (form === "mobile") {
  flags.throttling = { rttMs: 150, throughputKbps: 1638.4, requestLatencyMs: 562.5, downloadThroughputKbps: 1474.56,
    uploadThroughputKbps: 675, cpuSlowdownMultiplier: Number(slowdown) }; // its own values, but for the processor
}
const { lhr } = await lighthouse(address, flags, form === "desktop" ? desktopConfig : undefined);
const short = (category) =>
  category.auditRefs
    .filter((ref) => ref.weight > 0 && lhr.audits[ref.id].score !== null && lhr.audits[ref.id].score < 1)
    .map((ref) => `${ref.id} ${lhr.audits[ref.id].displayValue ?? ""} ${JSON.stringify(
      lhr.audits[ref.id].details?.items?.slice(0, 2) ?? []).slice(0, 400)}`);
const scored = Object.values(lhr.categories).map((c) => [c.id, { score: Math.round(c.score * 100), short: short(c) }]);
process.stdout.write(JSON.stringify({ error: lhr.runtimeError?.message ?? null,
  speed: lhr.environment.benchmarkIndex, ...Object.fromEntries(scored) }));
process.exit(0);
