import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
//#region use
import { migrate, openDatabase } from "@kingly/sqlite";

const folder = mkdtempSync(join(tmpdir(), "shop-"));
const database = openDatabase({ path: join(folder, "shop.db") });
await migrate(database, "shop", {
  "001_orders": {
    up: (db) => db.schema.createTable("orders").addColumn("id", "integer").addColumn("item", "text").execute(),
  },
});

// Fifty callers, one commit; each promise resolves once its own change is on disk.
await Promise.all(
  Array.from({ length: 50 }, (_, id) =>
    database.write((unit) => unit.run("INSERT INTO orders (id, item) VALUES (?, ?)", id, "tea")),
  ),
);
const sold = database.get<{ n: number }>("SELECT count(*) AS n FROM orders");

// In a thread, so that it holds nothing up; and a checked copy of this moment, while writes go on.
const perItem = await database.heavy<{ item: string; n: number }>(
  "SELECT item, count(*) AS n FROM orders GROUP BY item",
);
const backup = await database.backup(join(folder, "shop-backup.db"));
//#endregion

assert.equal(sold?.n, 50);
assert.deepEqual(perItem, [{ item: "tea", n: 50 }]);
assert.ok(existsSync(backup.path));
await database.close();
rmSync(folder, { recursive: true });
console.log("sqlite: fifty callers shared a commit");
