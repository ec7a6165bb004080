// npm oidc-provider as the peer of bench_identity.py: one confidential client, ES256, PKCE, its in-memory adapter.
// Usage: node peer.mjs PORT. Opening /login once gives the browser a session, as signing in does at the portal.
import { generateKeyPairSync } from 'node:crypto'
import { Provider } from 'oidc-provider'

const port = Number(process.argv[2])
const issuer = `http://127.0.0.1:${port}`
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'bench',
      client_secret: 'bench-secret-of-the-peer-0123456789abcdef',
      redirect_uris: ['http://127.0.0.1:9/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'bench' }] },
  cookies: { keys: ['bench-cookie-key'] },
  claims: { openid: ['sub'], profile: ['name', 'locale'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  ttl: { Session: 7200, Grant: 7200, AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600 },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: 'Bench', locale: 'zh-CN' }),
  }),
  loadExistingGrant: async (context) => {
    const grant = new provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId })
    grant.addOIDCScope('openid profile')
    await grant.save()
    return grant
  },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
})

provider.use(async (context, next) => {
  if (!context.path.startsWith('/interaction/')) return next()
  await provider.interactionFinished(context.req, context.res, { login: { accountId: 'resident' } })
  context.respond = false
})
provider.on('server_error', (_context, error) => console.error(error))
const server = provider.listen(port, '127.0.0.1', () => console.log('ready'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
