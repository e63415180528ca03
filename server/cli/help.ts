// What `vigie help` says. The commands themselves stand in files of their names.
export const help = `vigie: one number, always someone

  vigie serve                      start the line (settings come from the environment: see README)
  vigie check [--json]             check every flow, planning and trunk file, and all that they refer to
  vigie who PLANNING [--at T | --from T --until T] [--json]
                                   who is on call, in order, and why
  vigie duty [--all] [--json]      duties taken outside of the plannings' files
  vigie duty take PLANNING --as PERSON [--until T] [--why TEXT] [--json]
                                   put somebody on call now, until the next hand-off or T
  vigie duty end ID [--as PERSON]  give a duty back: the planning holds again
  vigie calls [--since T] [--csv | --json]
                                   the calls on record
  vigie alerts [--all] [--json]    what is urgent and not confirmed, or held
  vigie alert ID [--json]          the story of one alert (its id or number)
  vigie alert ack|decline|resolve|hand-over ID [--as PERSON] [--note TEXT] [--to PERSON]
                                   take it, give it back, close it, give it to somebody
  vigie messages [--dead | --sms] [--json]
                                   messages and tickets: sent, waiting, given up; every SMS and its fate
  vigie message resend ID          give a dead letter another day
  vigie threads [--all] [--json]   conversations by SMS with people outside
  vigie thread N [--json]          one of them: each message, and what became of it
  vigie call ID [--json]           the story of one call ("last" is the latest)
  vigie voicemail classify FILE… [--json]
                                   person or machine?
  vigie self-test [--line NUMBER] [--trunk TRUNK] [--leaf FLOW/NODE] [--json]
                                   call our own number from the outside, now; --list: what can be tested
  vigie doctor [--json]            what ails the line, and the mend
  vigie backup FILE [--json]       copy the database while the line works, and verify the copy
  vigie restore FILE [--json]      put a backup back; the server must be stopped
  vigie pin                        make the hash of a PIN for people.yaml (asks for it, or reads it from stdin)
  vigie asterisk                   write Asterisk's configuration from trunks, flows and plannings
  vigie twilio setup [--dry-run] [--json]
                                   tell Twilio where our numbers' calls and messages go
  vigie help                       this list

Exit codes: 0 good, 1 a finding or a failure, 2 wrong use.`;
