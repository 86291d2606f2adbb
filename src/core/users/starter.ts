import agents from '../../../profiles/starter/etc/agents.json' with {type: 'json'}
import boredom from '../../../profiles/starter/etc/boredom.json' with {type: 'json'}
import cognitiveMode from '../../../profiles/starter/etc/cognitive-mode.json' with {type: 'json'}
import ingestor from '../../../profiles/starter/etc/ingestor.json' with {type: 'json'}
import models from '../../../profiles/starter/etc/models.json' with {type: 'json'}
import sleep from '../../../profiles/starter/etc/sleep.json' with {type: 'json'}
import training from '../../../profiles/starter/etc/training.json' with {type: 'json'}
import core from '../../../profiles/starter/persona/core.json' with {type: 'json'}
import decisionRules from '../../../profiles/starter/persona/decision-rules.json' with {type: 'json'}
import antagonist from '../../../profiles/starter/persona/facets/antagonist.json' with {type: 'json'}
import standard from '../../../profiles/starter/persona/facets/default.json' with {type: 'json'}
import friend from '../../../profiles/starter/persona/facets/friend.json' with {type: 'json'}
import poet from '../../../profiles/starter/persona/facets/poet.json' with {type: 'json'}
import thinker from '../../../profiles/starter/persona/facets/thinker.json' with {type: 'json'}
import facets from '../../../profiles/starter/persona/facets.json' with {type: 'json'}
import relationships from '../../../profiles/starter/persona/relationships.json' with {type: 'json'}
import routines from '../../../profiles/starter/persona/routines.json' with {type: 'json'}
import type {JsonObject} from '../json.ts'

/** Whom a profile is made for. */
export interface NewPerson {
  username: string
  displayName?: string
  email?: string
}

/**
 * The documents that a new profile begins with, by their path relative to the profile ("persona/core.json"). The templates
 * in profiles/starter name nobody: the person's names come from the account.
 * @param now when the account was made, ISO 8601 in UTC
 * @param timezone the person's zone as an IANA name ("Europe/London")
 */
export function starterProfile(user: NewPerson, now: string, timezone: string): Record<string, JsonObject> {
  const name = user.displayName ?? user.username
  const identity = {...core.identity, name, humanName: name, email: user.email ?? ''}
  return {
    'persona/core.json': {...core, lastUpdated: now, identity},
    'persona/relationships.json': {...relationships, lastUpdated: now},
    'persona/routines.json': {...routines, lastUpdated: now},
    'persona/decision-rules.json': {...decisionRules, lastUpdated: now},
    'persona/facets.json': {...facets, lastUpdated: now},
    'persona/facets/default.json': standard,
    'persona/facets/poet.json': poet,
    'persona/facets/thinker.json': thinker,
    'persona/facets/friend.json': friend,
    'persona/facets/antagonist.json': antagonist,
    'etc/profile.json': {timezone, language: 'en', notifications: true},
    'etc/models.json': models,
    'etc/training.json': training,
    'etc/cognitive-mode.json': {...cognitiveMode, lastChanged: now},
    'etc/agents.json': agents,
    'etc/sleep.json': sleep,
    'etc/boredom.json': boredom,
    'etc/ingestor.json': ingestor
  }
}
