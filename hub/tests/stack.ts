import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const HUB = resolve(import.meta.dirname, '..');
const TARGET = resolve(HUB, '..', process.env.CARGO_TARGET_DIR ?? 'target');
export const BINARY = process.env.HUBKEYS_BINARY ?? join(TARGET, 'debug/hubkeys');
const PAGES = process.env.HUBKEYS_PAGES ?? join(HUB, 'dist');

/** The real stack on a free port, with a data folder of its own. */
export class Stack {
  private constructor(
    readonly url: string,
    readonly data: string,
    private readonly child: ChildProcess,
    private readonly output: () => string,
  ) {}

  /** `seed`: a data folder to start from a copy of. */
  static async start(seed?: string): Promise<Stack> {
    for (const path of [BINARY, join(PAGES, 'index.html')]) {
      if (!existsSync(path)) throw new Error(`${path} is missing: build it first`);
    }
    const data = await mkdtemp(join(tmpdir(), 'hubkeys-browser-'));
    if (seed) await cp(seed, data, { recursive: true });
    const child = spawn(BINARY, ['--port', '0', '--data', data, '--hub', PAGES], { stdio: ['ignore', 'pipe', 'pipe'] });
    // A run that is interrupted leaves no stack behind.
    const kill = () => child.kill();
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    let output = '';
    const url = await new Promise<string>((found, fail) => {
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const at = /Hubkeys serves (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
        if (at) found(at);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', fail);
      child.once('exit', (code) => fail(new Error(`the stack ended with ${code}:\n${output}`)));
    });
    return new Stack(url, data, child, () => output);
  }

  /** What the stack has printed, its log included. */
  get printed(): string {
    return this.output();
  }

  /** Ends the stack in good order, so that all is in its folder. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }

  async stop(): Promise<void> {
    await this.end();
    await rm(this.data, { recursive: true, force: true });
  }

  async serviceToken(): Promise<string> {
    return (await readFile(join(this.data, 'service-token'), 'utf8')).trim();
  }
}
