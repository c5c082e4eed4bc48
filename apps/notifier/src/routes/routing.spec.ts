import { describe, expect, it } from '@jest/globals';
import { deniedStory } from '../alerts/fixtures/denied-push.ts';
import { compileRoute } from './expression.ts';
import { routedAlertOf } from './routed-alert.ts';
import { firstRoutes, routingOf } from './routing.ts';

const alert = routedAlertOf(deniedStory());
const available = ['chat', 'mail', 'hook'];
const route = (name: string, when: string, channels: string[], last = false) => ({ name, when, channels, last });

describe('compileRoute', () => {
  it.each([
    'alert.severity == "critical"',
    'alert.team == "Payments" && alert.tier == "tier-1"',
    'alert.priority in ["P1", "P2"]',
    'alert.repository.startsWith("git.example/")',
    '"change" in alert.gates',
    'alert.findings > 5',
    'alert.owners.size() == 0',
    'alert.gates.exists(gate, gate == "change")',
  ])('applies: %s', (source) => {
    expect(compileRoute(source)(alert)).toBe(true);
  });

  it.each([
    'alert.nothing == "x"',
    'alert.severity',
    'alert.severity == 1',
    '"',
    'other.x',
    'alert.title.matches("(a+)+$")',
    'x'.repeat(2000),
  ])('refuses %j', (source) => {
    expect(() => compileRoute(source)).toThrow();
  });
});

describe('routing', () => {
  it('sends everything everywhere until somebody says otherwise', () => {
    expect(routingOf(firstRoutes)(alert, available)).toEqual({ routes: ['everything'], channels: available });
  });

  it('takes every route that applies, up to one that is the last', () => {
    const routing = routingOf({
      routes: [
        route('a', 'false', ['chat']),
        route('b', 'true', ['mail']),
        route('c', 'alert.priority == "P1"', ['hook'], true),
        route('d', 'true', ['chat']),
      ],
      lastResort: ['chat'],
    });

    expect(routing(alert, available)).toEqual({ routes: ['b', 'c'], channels: ['mail', 'hook'] });
  });

  it('never loses an alert: no route, or only channels that are gone', () => {
    expect(routingOf({ routes: [route('a', 'false', ['chat'])], lastResort: ['mail'] })(alert, available)).toEqual({
      routes: [],
      channels: ['mail'],
    });
    expect(routingOf({ routes: [route('a', 'true', ['gone'])], lastResort: ['gone'] })(alert, available)).toEqual({
      routes: [],
      channels: available,
    });
  });
});
