// The command line: finds the command, loads what it needs and nothing else, and ends with its exit code.
import { problemText } from '../base/result.ts';
import { type Code, type Environment, terminal } from './command.ts';
import { commands } from './commands.ts';
import { helpText } from './help.ts';

/** Whoever reads no further (`vigie calls | head`) has had enough: the command goes on to its end and its exit code. */
const heardEnough = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

/** @returns the exit code. */
export async function main(args: readonly string[], env: Environment): Promise<Code> {
  process.stdout.on('error', heardEnough);
  process.stderr.on('error', heardEnough);
  const [name = 'help', ...rest] = args;
  if (['help', '--help', '-h'].includes(name) || rest.includes('--help')) {
    terminal.out(helpText(commands));
    return 0;
  }
  const command = commands.find((one) => one.name === name);
  if (!command) {
    terminal.err(`vigie: there is no command "${name}"; "vigie help" lists them`);
    return 2;
  }
  const [{ config }, { readSettings }] = await Promise.all([import('zod'), import('../app/settings.ts')]);
  // A command reads each kind of file once or twice: compiling the schemas would cost more than it saves.
  if (name !== 'serve') config({ jitless: true });
  const settings = readSettings(env);
  if (settings.ok) return (await command.load())(rest, settings.value, env);
  for (const problem of settings.problems) terminal.err(problemText(problem));
  return 2;
}
