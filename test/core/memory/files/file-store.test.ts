import {type UserContext, withUserContext} from '../../../../src/core/context.ts'
import {memoryStore} from '../../../../src/core/memory/memories.ts'
import {listUsers} from '../../../../src/core/users/accounts.ts'
import {createUser} from '../../../../src/core/users/create.ts'
import {contextOf} from '../../../../src/core/users/identify.ts'
import {inTemporaryHome} from '../../../support/home.ts'
import {describeMemoryStore} from '../../../support/memory-store-suite.ts'

describeMemoryStore('files', async () => {
  inTemporaryHome()
  await createUser({username: 'ada'})
  const [ada] = listUsers().map(contextOf) as [UserContext]
  await withUserContext(ada, () => createUser({username: 'bob'}))
  return {store: memoryStore(), people: listUsers().map(contextOf) as [UserContext, UserContext]}
})
