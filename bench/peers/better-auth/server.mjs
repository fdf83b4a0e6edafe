// A service that asks better-auth who sent a request, by its documented `verifyApiKey`, and the maker of its keys.
//
//     node server.mjs seed MODULES DATABASE KEYS REVOKED    makes keys as createApiKey does, in bulk, and prints them
//     node server.mjs serve MODULES DATABASE PORT PROCESSES
//
// Its rate limit is off and it logs nothing. SQLite is in write-ahead mode and leaves the disk's write-back to the system, which is faster
// than the documented default. The embedded database of Hubkeys waits for the disk at each commit.

import { createHash, randomBytes } from "node:crypto";
import cluster from "node:cluster";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [command, modules, file, ...rest] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const { betterAuth } = await load("better-auth");
const { apiKey } = await load("@better-auth/api-key");
const Database = require("better-sqlite3");

const database = new Database(file);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = NORMAL");
database.pragma("busy_timeout = 5000");
const options = {
  baseURL: "http://127.0.0.1",
  secret: randomBytes(32).toString("hex"),
  database,
  logger: { disabled: true },
  telemetry: { enabled: false },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
};
const auth = betterAuth(options);
const OWNER = "owner";

async function seed(count, revoked) {
  const { getMigrations } = await load("better-auth/db/migration");
  await (await getMigrations(options)).runMigrations();
  database
    .prepare("INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt) VALUES (?, 'Owner', 'owner@example.com', 1, ?, ?)")
    .run(OWNER, new Date().toISOString(), new Date().toISOString());
  // What createApiKey writes, read off a key that it made.
  const made = await auth.api.createApiKey({ body: { userId: OWNER, name: "Benchmark" } });
  const row = database.prepare("SELECT * FROM apikey WHERE id = ?").get(made.id);
  if (row.key !== hashed(made.key)) throw new Error("better-auth hashes keys in another way than we do");
  const columns = Object.keys(row);
  const insert = database.prepare(
    `INSERT INTO apikey (${columns.map((name) => `"${name}"`).join(", ")}) VALUES (${columns.map((name) => `@${name}`).join(", ")})`,
  );
  const lines = [];
  database.transaction(() => {
    for (let number = 0; number < count; number++) {
      const key = letters(made.key.length);
      const ended = number < revoked;
      insert.run({ ...row, id: letters(32), key: hashed(key), start: key.slice(0, 6), enabled: ended ? 0 : 1 });
      lines.push(`${ended ? "revoked" : "valid"} ${key}`);
    }
  })();
  process.stdout.write(lines.join("\n") + "\n");
}

function hashed(key) {
  return createHash("sha256").update(key).digest("base64url");
}

function letters(length) {
  const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");
}

function answer(response, status, document) {
  const body = JSON.stringify(document);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

async function serve(port) {
  const server = createServer(async (request, response) => {
    try {
      const key = request.headers["x-api-key"];
      if (request.url === "/verify") {
        const decision = await auth.api.verifyApiKey({ body: { key } });
        answer(response, decision.valid ? 200 : 401, decision);
      } else if (request.url === "/create") {
        answer(response, 200, await auth.api.createApiKey({ body: { userId: OWNER, name: "Benchmark" } }));
      } else {
        const keyId = request.url.slice("/revoke/".length);
        answer(response, 200, await auth.api.updateApiKey({ body: { keyId, userId: OWNER, enabled: false } }));
      }
    } catch (error) {
      answer(response, 500, { error: String(error) });
    }
  });
  server.keepAliveTimeout = 600_000;
  server.listen(port, "127.0.0.1");
}

if (command === "seed") {
  await seed(Number(rest[0]), Number(rest[1]));
} else if (cluster.isPrimary && Number(rest[1]) > 1) {
  for (let worker = 0; worker < Number(rest[1]); worker++) cluster.fork();
  cluster.on("exit", () => process.exit(1));
} else {
  await serve(Number(rest[0]));
}
