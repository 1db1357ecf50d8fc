/** Where the database says what it did by itself; the `Log` of @kingly/runtime fits. */
export interface DatabaseLog {
  info(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  warn(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}
