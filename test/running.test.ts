import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bootId, lostPower, markRunning, markStopped } from "../src/running.ts";
import { temporaryFolder } from "./helpers/programs.ts";

it("tells a loss of power from a process that was killed, and from an end in peace", () => {
  using folder = temporaryFolder();
  expect(lostPower(folder.path, "a")).toBe(false);
  markRunning(folder.path, "a");
  expect(statSync(join(folder.path, "running")).mode & 0o777).toBe(0o600);
  expect(lostPower(folder.path, "a")).toBe(false);
  expect(lostPower(folder.path, "b")).toBe(true);
  // Where the system doesn't name its boots, any end but one in peace may have been one.
  expect(lostPower(folder.path, undefined)).toBe(true);
  markRunning(folder.path, undefined);
  expect(lostPower(folder.path, "a")).toBe(true);
  expect(lostPower(folder.path, undefined)).toBe(true);
  markStopped(folder.path);
  expect(lostPower(folder.path, "b")).toBe(false);
  markStopped(folder.path);
});

it.runIf(process.platform === "linux")("knows the boot by the kernel's name for it", () => {
  expect(bootId()).toBe(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
});
