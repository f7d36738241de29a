/** Chapter 3: others are refused. */
import { initialisation, organisations, type Tokens, transfers } from './cast.ts'
import { call, type Stage, say } from './stage.ts'

export async function refuse(stage: Stage, tokens: Tokens, transfer: string): Promise<void> {
  say('\n3. Others are refused, each for a reason')
  const path = `${transfers}/${transfer}/download`
  await call(stage, {
    who: 'stranger',
    what: 'may not download: the policy does not name it',
    method: 'GET',
    path,
    token: tokens.stranger,
    expect: 401,
  })
  await call(stage, {
    who: 'sender',
    what: 'may not download: its token has no scope to read',
    method: 'GET',
    path,
    token: tokens.sender,
    expect: 403,
  })
  await call(stage, {
    who: 'without scope',
    what: 'may not either',
    method: 'GET',
    path,
    token: tokens.scopeless,
    expect: 403,
  })
  await call(stage, { who: 'without token', what: 'may not even ask', method: 'GET', path, expect: 401 })
  const json = initialisation(organisations.recipient, organisations.sender)
  await call(stage, {
    who: 'sender',
    what: 'may not send in the name of another',
    method: 'POST',
    path: transfers,
    token: tokens.sender,
    json,
    expect: 401,
  })
}
