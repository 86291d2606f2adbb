import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {requireStoreAddress} from '../../core/open-store.ts'
import type {Upgrade} from '../../core/postgres/upgrade.ts'

export default class StoreUpgrade extends MhCommand<typeof StoreUpgrade> {
  static override summary = 'Prepare the PostgreSQL store, or bring it to this version'
  static override description =
    'The role of the address has to own the database, and may make roles. Afterwards mh works as a role that owns nothing and sees one person at a time.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --address postgres://owner@db.example.org/mh',
    '<%= config.bin %> <%= command.id %> --address postgres://owner@db.example.org/mh --grant mh_server'
  ]
  static override person = 'unneeded' as const
  static override opensStore = false
  static override recovers = false
  static override flags = {
    address: Flags.string({summary: 'Of the database; MH_STORE where it is left out', helpValue: '<postgres://…>'}),
    grant: Flags.string({summary: 'A role that mh will sign in as, where that is another', helpValue: '<role>'})
  }

  override async execute(): Promise<Upgrade> {
    const {upgradeStore} = await import('../../core/postgres/upgrade.ts')
    const upgraded = await upgradeStore(this.flags.address ?? requireStoreAddress(), this.flags.grant)
    const {address, from, to, vectors} = upgraded
    this.say(
      from === to
        ? `The store at ${address} has schema ${to} already.`
        : `The store at ${address} has schema ${to} now.`
    )
    if (!vectors) this.note('The server has no pgvector: memories are found by words, not by meaning.')
    return upgraded
  }
}
