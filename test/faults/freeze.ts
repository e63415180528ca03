// One thread of a process stopped alone, as if it hung: no signal can do that, a tracer can. Perl is on every Debian, and calls ptrace.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** PTRACE_SEIZE and PTRACE_INTERRUPT (linux/ptrace.h); the thread goes on when the tracer ends. */
const script = `my $call = ($ARGV[0] eq 'x86_64') ? 101 : 117; shift @ARGV;
for my $thread (@ARGV) {
  syscall($call, 0x4206, $thread + 0, 0, 0) == -1 and die "seize $thread: $!";
  syscall($call, 0x4207, $thread + 0, 0, 0) == -1 and die "interrupt $thread: $!";
}
$| = 1; print "frozen\\n"; <STDIN>;`;

/** Stops these threads. @returns what lets them go on @throws where this machine does not let us */
export async function freeze(threads: readonly string[]): Promise<() => void> {
  const machine = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  const tracer = spawn('perl', ['-e', script, machine, ...threads], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  tracer.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const [first] = (await Promise.race([once(tracer.stdout, 'data'), once(tracer, 'exit')])) as [unknown];
  if (!(first instanceof Buffer)) throw new Error(`threads cannot be stopped on this machine: ${said}`);
  return () => void tracer.kill('SIGKILL');
}

/** The threads in which Asterisk carries out the dialplan of its channels, oldest first. */
export function channelThreads(asterisk: { binary: string; configFile: string }): string[] {
  const { stdout } = spawnSync(asterisk.binary, ['-C', asterisk.configFile, '-rx', 'core show threads'], {
    encoding: 'utf8',
  });
  return [...stdout.matchAll(/^0x\S+ (\d+) pbx_thread /gm)].map(([, thread = '']) => thread);
}
