const triggers = [
  `CREATE TRIGGER IF NOT EXISTS job_search_added AFTER INSERT ON job_queue WHEN NEW.searched = 1 BEGIN
    INSERT INTO job_search (rowid, payload, result, error) VALUES (NEW.id, NEW.payload, NEW.result, NEW.error);
  END`,
  // Delete, then insert: a replaced row would leave its terms behind.
  `CREATE TRIGGER IF NOT EXISTS job_search_changed AFTER UPDATE OF payload, result, error ON job_queue
    WHEN NEW.searched = 1
      AND (NEW.payload IS NOT OLD.payload OR NEW.result IS NOT OLD.result OR NEW.error IS NOT OLD.error) BEGIN
    DELETE FROM job_search WHERE rowid = OLD.id;
    INSERT INTO job_search (rowid, payload, result, error) VALUES (NEW.id, NEW.payload, NEW.result, NEW.error);
  END`,
  `CREATE TRIGGER IF NOT EXISTS job_search_removed AFTER DELETE ON job_queue WHEN OLD.searched = 1 BEGIN
    DELETE FROM job_search WHERE rowid = OLD.id;
  END`,
];

/** Makes the triggers that keep the words of searched jobs. They stay: a job that is searched outlives its queue. [Q45]
 *
 * Only in files where `search` was ever asked for: even a trigger that has nothing to do costs every job its share. */
export function makeSearchTriggers(run: (sql: string) => void): void {
  for (const trigger of triggers) run(trigger);
}

export const searchTriggerNames = ["job_search_added", "job_search_changed", "job_search_removed"] as const;
