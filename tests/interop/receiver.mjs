// A site's back-channel logout receiver: verifies every logout token with jose, and prints what it received, a line each.
import { createServer } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const [port, issuer, audience] = process.argv.slice(2)
const keys = createRemoteJWKSet(new URL(`${issuer}/oidc/jwks`))
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const seen = new Set()

async function judge(body) {
  const token = new URLSearchParams(body).get('logout_token')
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer,
    audience,
    typ: 'logout+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['jti', 'sid', 'sub', 'iat', 'exp', 'events'],
  })
  if (payload.nonce !== undefined) throw new Error('a logout token has no nonce')
  if (!(EVENT in payload.events)) throw new Error('not a logout event')
  if (seen.has(payload.jti)) throw new Error('a jti came twice')
  seen.add(payload.jti)
  return { sid: payload.sid, sub: payload.sub, kid: protectedHeader.kid }
}

createServer((request, response) => {
  let body = ''
  request.on('data', (part) => (body += part))
  request.on('end', async () => {
    try {
      console.log(JSON.stringify({ ...(await judge(body)), at: Date.now() }))
      response.writeHead(200, { 'cache-control': 'no-store' }).end()
    } catch (error) {
      console.log(JSON.stringify({ error: String(error) }))
      response.writeHead(400).end()
    }
  })
}).listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify({ listening: true })))
