// Lighthouse over pages, one after the other in one browser: `node lighthouse.mjs PORT`. Each line of standard input is
// a JSON object {address, form, slowdown, categories}, with form "mobile" or "desktop" and slowdown how much slower than
// this machine a phone's processor is. Answers each with one line of JSON: the score of each category, from 0 to 100,
// what fell short in it, and the speed of the machine.
import lighthouse, { desktopConfig } from "lighthouse";
import { createInterface } from "node:readline";

const port = Number(process.argv[2]);
const short = (category, audits) =>
  category.auditRefs
    .filter((ref) => ref.weight > 0 && audits[ref.id].score !== null && audits[ref.id].score < 1)
    .map((ref) => `${ref.id} ${audits[ref.id].displayValue ?? ""} ${JSON.stringify(
      audits[ref.id].details?.items?.slice(0, 2) ?? []).slice(0, 400)}`);

async function judge({ address, form, slowdown, categories }) {
  const flags = { port, output: "json", logLevel: "error", throttlingMethod: "simulate" };
  if (categories.length) flags.onlyCategories = categories;
  if (form === "mobile") {
    flags.throttling = { rttMs: 150, throughputKbps: 1638.4, requestLatencyMs: 562.5, downloadThroughputKbps: 1474.56,
      uploadThroughputKbps: 675, cpuSlowdownMultiplier: slowdown }; // its own values, but for the processor
  }
  const { lhr } = await lighthouse(address, flags, form === "desktop" ? desktopConfig : undefined);
  const scored = Object.values(lhr.categories).map((c) => [c.id,
    { score: Math.round(c.score * 100), short: short(c, lhr.audits) }]);
  return { error: lhr.runtimeError?.message ?? null, speed: lhr.environment.benchmarkIndex,
    ...Object.fromEntries(scored) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await judge(JSON.parse(line)).catch((error) => ({ error: String(error.stack ?? error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
