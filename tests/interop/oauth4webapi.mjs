// A high-risk site built on oauth4webapi: pushed requests, proof of possession, a private key in place of a secret.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { importJWK } from 'jose'
import { Browser, stage } from './browser.mjs'

const insecure = { [oauth.allowInsecureRequests]: true } // http on the loopback

stage({
  async highRisk(given) {
    const { client_id, private_key_jwk, redirect_uri } = given.client
    const issuer = new URL(given.issuer)
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    const key = await importJWK(private_key_jwk, 'ES256')
    const auth = oauth.PrivateKeyJwt({ key, kid: private_key_jwk.kid })
    const site = { client_id }
    const dpopKeys = await oauth.generateKeyPair('ES256')
    const DPoP = oauth.DPoP(site, dpopKeys)

    const verifier = oauth.generateRandomCodeVerifier()
    const nonce = oauth.generateRandomNonce()
    const state = oauth.generateRandomState()
    const parameters = new URLSearchParams({
      response_type: 'code',
      redirect_uri,
      scope: 'openid profile offline_access',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce,
      state,
    })
    const pushed = await oauth.pushedAuthorizationRequest(as, site, auth, parameters, { DPoP, ...insecure })
    const { request_uri } = await oauth.processPushedAuthorizationResponse(as, site, pushed)

    const url = new URL(as.authorization_endpoint)
    url.search = new URLSearchParams({ client_id, request_uri })
    const browser = new Browser()
    const page = await browser.open(url.href, redirect_uri)
    const arrived = await browser.signIn(page, given.person, redirect_uri)
    const answer = oauth.validateAuthResponse(as, site, new URL(arrived.url), state)
    const again = await browser.open(url.href, redirect_uri)
    assert.equal(again.status, 400, 'a pushed request is used once')

    const response = await oauth.authorizationCodeGrantRequest(as, site, auth, answer, redirect_uri, verifier, { DPoP, ...insecure })
    const tokens = await oauth.processAuthorizationCodeResponse(as, site, response, { expectedNonce: nonce, requireIdToken: true })
    assert.equal(tokens.token_type, 'dpop')
    const claims = oauth.getValidatedIdTokenClaims(tokens)

    const told = await oauth.userInfoRequest(as, site, tokens.access_token, { DPoP, ...insecure })
    await oauth.processUserInfoResponse(as, site, claims.sub, told)
    const stolen = oauth.DPoP(site, await oauth.generateKeyPair('ES256'))
    const refused = await oauth.userInfoRequest(as, site, tokens.access_token, { DPoP: stolen, ...insecure })
    assert.equal(refused.status, 401)
    const bare = await oauth.userInfoRequest(as, site, tokens.access_token, insecure)
    assert.equal(bare.status, 401, 'a bound token is nothing without its key')

    const renewed = await oauth.refreshTokenGrantRequest(as, site, auth, tokens.refresh_token, { DPoP, ...insecure })
    const fresh = await oauth.processRefreshTokenResponse(as, site, renewed)
    const asked = await oauth.introspectionRequest(as, site, auth, fresh.access_token, insecure)
    const described = await oauth.processIntrospectionResponse(as, site, asked)
    assert.equal(described.active, true)
    assert.ok(described.cnf.jkt)
    const revoked = await oauth.revocationRequest(as, site, auth, fresh.refresh_token, insecure)
    await oauth.processRevocationResponse(revoked)
    const after = await oauth.introspectionRequest(as, site, auth, fresh.access_token, insecure)
    assert.equal((await oauth.processIntrospectionResponse(as, site, after)).active, false)
    return { claims }
  },
})
