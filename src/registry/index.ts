/** The registries, as the doors and the wiring use them. */
export * from './access-list-connections.ts'
export * from './access-list-members.ts'
export {
  type AccessList,
  accessListEntity,
  deleteAccessList,
  findAccessList,
  type ListName,
  listAccessLists,
  type Page,
  putAccessList,
} from './access-lists.ts'
export * from './broker-configuration.ts'
export { type Change, changeChannel, type WriteOptions } from './change.ts'
export * from './changes.ts'
export { findInstallation, type Installation } from './installation.ts'
export * from './memberships.ts'
export { registryMigrations } from './migrations.ts'
export * from './parties.ts'
export * from './policies.ts'
export { meets, type Precondition, parsePrecondition, printETag, type Tags } from './precondition.ts'
export type { ResourceDocument } from './resource-document.ts'
export * from './resource-facts.ts'
export {
  createResource,
  deleteResource,
  findResource,
  listResources,
  type Resource,
  type ResourceSearch,
  resourceEntity,
  updateResource,
} from './resources.ts'
export type { Done, Finding, Refusal, Result, Writer } from './result.ts'
export * from './service-owners.ts'
export * from './system-users.ts'
export * from './systems.ts'
