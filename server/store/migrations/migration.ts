// One step of the database's shape.

/** SQL that brings a database from the version before to this one. */
export type Migration = { version: number; name: string; sql: string };
