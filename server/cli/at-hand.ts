// What the settings lead to, for commands: the edited files as texts.
import type { Settings } from '../app/settings.ts';
import { problemText } from '../base/result.ts';
import { readFolder, type TextFile } from '../config/files.ts';
import { terminal } from './command.ts';

/** A folder that cannot be read is told and taken as empty: the command then says what is missing in it. */
const files = async ({ root }: Settings, dir: string): Promise<TextFile[]> => {
  const read = await readFolder(root, dir);
  if (read.ok) return read.value;
  for (const problem of read.problems) terminal.err(problemText(problem));
  return [];
};

export const planningFiles = (settings: Settings) => (): Promise<TextFile[]> => files(settings, settings.plannings);
export const flowFiles = (settings: Settings) => (): Promise<TextFile[]> => files(settings, settings.flows);
