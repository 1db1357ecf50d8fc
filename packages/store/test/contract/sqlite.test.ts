import { openTestStore } from "../open-store.ts";
import { logContract } from "./log-contract.ts";
import { memoryContract } from "./memory-contract.ts";
import { workContract } from "./work-contract.ts";

// The same three run over every store that there is; another one gives its own way to open.
logContract("SQLite", openTestStore);
workContract("SQLite", openTestStore);
memoryContract("SQLite", openTestStore);
