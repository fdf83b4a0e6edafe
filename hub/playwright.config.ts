import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // A test that only passes the second time has found something.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    // Recording every step costs a third of the time: `npm test -- --trace retain-on-failure` where it is wanted.
    trace: 'off',
    screenshot: 'only-on-failure',
    actionTimeout: 10_000,
    launchOptions: {
      // Debian's. Playwright's own would be a download of its own for every machine.
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  projects: [
    // It seeds for longer than any other test runs, so it goes first.
    { name: 'many keys', testMatch: 'many-keys.spec.ts', fullyParallel: false },
    { name: 'pages', testIgnore: ['many-keys.spec.ts', 'load.spec.ts'] },
    // Times mean something only while nothing else runs.
    { name: 'load', testMatch: 'load.spec.ts', dependencies: ['many keys', 'pages'], fullyParallel: false },
  ],
});
