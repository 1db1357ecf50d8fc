import assert from "node:assert/strict";
//#region use
import { migrate, openDatabase } from "@kingly/sqlite";

const database = openDatabase({ path: ":memory:" });
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
//#endregion

assert.equal(sold?.n, 50);
await database.close();
console.log("sqlite: fifty callers shared a commit");
