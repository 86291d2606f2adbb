import {MhCommand} from '../../cli/base-command.ts'
import {printRecords} from '../../cli/table.ts'
import {type Discovered, discoverModels} from '../../core/models/discover.ts'

export default class ModelDiscover extends MhCommand<typeof ModelDiscover> {
  static override summary = 'Look for model servers on this machine'
  static override description =
    'Asks the ports of Ollama (or OLLAMA_HOST), LM Studio, llama.cpp and vLLM which models they have.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<Discovered[]> {
    const found = await discoverModels()
    const lines = found.flatMap(({models, ...server}) => models.map((model) => ({...server, model})))
    this.say(
      await printRecords(lines, [
        {title: 'model', value: ({model}) => model, piped: true, flexible: true},
        {title: 'provider', value: ({provider}) => provider, piped: true},
        {title: 'base url', value: ({baseURL}) => baseURL, piped: true}
      ])
    )
    if (found.length === 0) this.note('No server answers. Start one, such as with "ollama serve"')
    return found
  }
}
