export { AnswerChecker, type CheckedAnswer } from './answer-checker.js'
export { committedDocument } from './committed-document.js'
export { FakeOpenId } from './fake-openid.js'
export type { OpenApi } from './document.js'
