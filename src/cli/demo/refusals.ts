/** Chapter 3: others are refused. */
import { initialisation, organisations, type Tokens, transfers } from './cast.ts'
import { player, type Stage, say } from './stage.ts'

export async function refuse(stage: Stage, tokens: Tokens, transfer: string): Promise<void> {
  say('\n3. Others are refused, each for a reason')
  const download = `GET ${transfers}/${transfer}/download`
  const sender = player(stage, 'sender', tokens.sender)
  await player(stage, 'stranger', tokens.stranger)('may not download: the policy does not name it', download, 401)
  await sender('may not download: its token has no scope to read', download, 403)
  await player(stage, 'without scope', tokens.scopeless)('may not either', download, 403)
  await player(stage, 'without token')('may not even ask', download, 401)
  const json = initialisation(organisations.recipient, organisations.sender)
  await sender('may not send in the name of another', `POST ${transfers}`, 401, { json })
}
