// An alert as a machine of the durable runner: its step, its row, who is on call, how it is told.
import { good } from '../../base/result.ts';
import { effectsAgain } from '../../domain/alert/again.ts';
import { type Alert, type AlertEffect, type AlertEvent, isOver } from '../../domain/alert/alert.ts';
import { alertFormat } from '../../domain/alert/saved.ts';
import { stepAlert } from '../../domain/alert/step.ts';
import type { Machine } from '../machine.ts';
import type { AlertPorts, Senders } from './ports.ts';

export type AlertMachine = Machine<Alert, AlertEvent, AlertEffect>;

/** @param failed a sender threw: the notice takes its next way at once */
export function alertMachine(
  { store, people, log }: Pick<AlertPorts, 'store' | 'people' | 'log'>,
  senders: Senders,
  failed: (notice: string, why: string) => void,
): AlertMachine {
  return {
    kind: 'alert',
    id: ({ id }) => id,
    isOver,
    step: (alert, event) => {
      const { alert: value, effects } = stepAlert(alert, event);
      return { value, effects };
    },
    inside: (_alert, effect, at) =>
      effect.type === 'resolve'
        ? { events: [{ type: 'resolved', at, request: effect.request, ...people(effect.whom, at) }] }
        : undefined,
    read: ({ id, state }) => {
      const read = alertFormat.read(id, state);
      return read.ok ? good({ value: read.value.alert, timers: read.value.timers }) : read;
    },
    save: ({ value, allTimers }) => store.save({ alert: value, timers: allTimers() }),
    find: (id) => store.get(id),
    again: effectsAgain,
    perform: (alert, effects) => {
      for (const effect of effects) {
        if (effect.type === 'warn') log.error({ alert: alert.id }, effect.message);
        else send(alert, effect);
      }
    },
  };

  function send(alert: Alert, effect: AlertEffect): void {
    const notice = 'notice' in effect ? alert.notices.find(({ id }) => id === effect.notice) : undefined;
    if (!notice) return;
    try {
      if (effect.type === 'notify') senders.notify(alert, notice, effect.to);
      if (effect.type === 'tell') senders.tell(alert, notice, effect.to, effect.news);
      if (effect.type === 'stop') senders.stop(alert, notice);
    } catch (error) {
      log.error({ alert: alert.id, notice: notice.id, error }, 'a sender failed');
      failed(notice.id, String(error));
    }
  }
}
