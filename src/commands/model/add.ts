import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {addModel, type PublicModel} from '../../core/models/change.ts'

export default class ModelAdd extends MhCommand<typeof ModelAdd> {
  static override summary = 'Add a model'
  static override description = 'A key is never kept: name the environment variable that holds it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> local --provider ollama --model llama3:8b',
    '<%= config.bin %> <%= command.id %> lab --provider openai-compatible --model qwen3-coder:30b --base-url http://127.0.0.1:1234/v1',
    '<%= config.bin %> <%= command.id %> cloud --provider openai --model gpt-5-mini --api-key-env OPENAI_API_KEY'
  ]
  static override args = {id: Args.string({required: true, ignoreStdin: true, description: 'what you call it'})}
  static override flags = {
    provider: Flags.string({required: true, summary: 'ollama, openai or openai-compatible', helpValue: '<provider>'}),
    model: Flags.string({required: true, summary: 'The name that is sent to the server', helpValue: '<name>'}),
    'base-url': Flags.string({summary: 'Where its API is, with the version', helpValue: '<url>'}),
    'api-key-env': Flags.string({summary: 'The variable that holds the key', helpValue: '<VARIABLE>'}),
    'context-window': Flags.integer({min: 256, summary: 'How many tokens it takes', helpValue: '<tokens>'}),
    'allow-private': Flags.boolean({summary: 'Private memories may be sent to it, wherever it is'})
  }

  override async execute(): Promise<PublicModel> {
    const {provider, model, 'base-url': baseURL, 'api-key-env': apiKeyEnv, 'context-window': contextWindow} = this.flags
    const added = await addModel({
      id: this.args.id,
      provider,
      model,
      ...(baseURL === undefined ? {} : {baseURL}),
      ...(apiKeyEnv === undefined ? {} : {apiKeyEnv}),
      ...(contextWindow === undefined ? {} : {contextWindow}),
      ...(this.flags['allow-private'] ? {allowPrivate: true} : {})
    })
    this.say(`Added ${added.id}. Use it: ${this.config.bin} model use ${added.id}`)
    return added
  }
}
