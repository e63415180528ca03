// The words of the house. A call is one caller's visit; a leg is one attempt to reach one phone over one trunk.

export type CallId = string;
/** A live channel at the carrier: the caller's own, or a leg's (then it is the leg's id). */
export type ChannelId = string;
/** Made by us before the request: `<call>.l<n>`; at Asterisk it is also the channel's id. */
export type LegId = string;
/** Made by us: `<call>.e<n>`; playbacks and recordings carry it too. */
export type EffectId = string;
export type PersonId = string;
export type TrunkId = string;
/** A telephone number in E.164 (`+33612345678`). */
export type PhoneNumber = string;

/** What a value in a call may be: what was keyed, looked up or computed. */
export type Value = string | number | boolean | null;
export type Values = Record<string, Value>;

/** A number that cannot be known (anonymous caller, hidden, not a number) is the empty string. */
export const unknownNumber: PhoneNumber = '';

/** The call that an id of ours belongs to: everything before the first dot. */
export const callOf = (id: LegId | EffectId): CallId => id.slice(0, id.indexOf('.') < 0 ? id.length : id.indexOf('.'));

/** Stands for the caller's channel where there is no caller yet. */
export const noChannel = (call: CallId): ChannelId => `${call}.none`;

/** On a call: the self-test that it belongs to. */
export type TestMark = { id: string };

/** Our end of the call that leaves by a trunk. */
export const testCallerOf = (test: string): ChannelId => `${test}.caller`;
/** What answers a leg of a test call in a person's place. */
export const answererOf = (leg: LegId): ChannelId => `${leg}.answerer`;
