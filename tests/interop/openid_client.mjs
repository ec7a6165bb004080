// A department's site built on openid-client.
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { Browser, stage, totp } from './browser.mjs'

const insecure = { execute: [client.allowInsecureRequests] } // http on the loopback

async function discover(given) {
  const { client_id, client_secret } = given.client
  const method = client_secret ? undefined : client.None()
  return client.discovery(new URL(given.issuer), client_id, client_secret, method, insecure)
}

async function begin(config, given, more = {}) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: given.client.redirect_uri,
    scope: 'openid profile identity',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  })
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  return { url: url.href, checks }
}

const finish = (config, arrived, checks, more = {}) =>
  client.authorizationCodeGrant(config, new URL(arrived.url), { ...checks, ...more })

async function signedIn(config, given, browser = new Browser()) {
  const until = given.client.redirect_uri
  const { url, checks } = await begin(config, given)
  const page = await browser.open(url, until)
  const arrived = page.arrived ? page : await browser.signIn(page, given.person, until)
  assert.ok(arrived.arrived, `not back at the site: ${arrived.url}`)
  return { browser, tokens: await finish(config, arrived, checks) }
}

const errorOf = (arrived) => Object.fromEntries(new URL(arrived.url).searchParams)

stage({
  async fullFlow(given) {
    const config = await discover(given)
    const { browser, tokens } = await signedIn(config, given)
    const claims = tokens.claims()
    const told = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token)
    assert.equal(renewed.claims().sub, claims.sub)
    await client.fetchUserInfo(config, renewed.access_token, claims.sub)
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
    await assert.rejects(client.fetchUserInfo(config, renewed.access_token, claims.sub))
    return { claims, told, cookies: [...browser.cookies.keys()] }
  },

  async logout(given) {
    const config = await discover(given)
    const { browser, tokens } = await signedIn(config, given)
    const back = new URL('/', given.client.redirect_uri).href
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: back,
      state: 'bye',
    })
    const arrived = await browser.open(url.href, back)
    assert.equal(arrived.url, `${back}?state=bye`)
    const silent = await begin(config, given, { prompt: 'none' })
    const answer = errorOf(await browser.open(silent.url, given.client.redirect_uri))
    assert.equal(answer.error, 'login_required')
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
    return {}
  },

  async silent(given) {
    const config = await discover(given)
    const stranger = await begin(config, given, { prompt: 'none' })
    const refused = await new Browser().open(stranger.url, given.client.redirect_uri)
    await assert.rejects(finish(config, refused, stranger.checks), { error: 'login_required' })
    const { browser, tokens } = await signedIn(config, given)
    const again = await begin(config, given, { prompt: 'none', id_token_hint: tokens.id_token })
    const arrived = await browser.open(again.url, given.client.redirect_uri)
    const silent = await finish(config, arrived, again.checks)
    assert.equal(silent.claims().sub, tokens.claims().sub)
    assert.equal(silent.claims().sid, tokens.claims().sid)
    return {}
  },

  async maxAge(given) {
    const config = await discover(given)
    const { browser, tokens } = await signedIn(config, given)
    const first = tokens.claims().auth_time
    const relaxed = await begin(config, given, { max_age: '3600' })
    const at = await browser.open(relaxed.url, given.client.redirect_uri)
    const kept = await finish(config, at, relaxed.checks, { maxAge: 3600 })
    assert.equal(kept.claims().auth_time, first)
    await new Promise((resolve) => setTimeout(resolve, 1100 - (Date.now() % 1000))) // into the next second
    const strict = await begin(config, given, { max_age: '0' })
    const page = await browser.open(strict.url, given.client.redirect_uri)
    assert.match(page.url, /\/account\/again\//)
    const arrived = await browser.submit(page, { password: given.person.password }, given.client.redirect_uri)
    const renewed = await finish(config, arrived, strict.checks, { maxAge: 5 })
    assert.ok(renewed.claims().auth_time > first)
    assert.equal(renewed.claims().sid, tokens.claims().sid)
    return {}
  },

  async stepUp(given) {
    const config = await discover(given)
    const wanted = 'urn:tongban:acr:otp'
    const { browser, tokens } = await signedIn(config, { ...given, person: given.plain })
    assert.equal(tokens.claims().acr, 'urn:tongban:acr:password')
    const raise = await begin(config, given, { acr_values: wanted })
    let page = await browser.open(raise.url, given.client.redirect_uri)
    assert.match(page.url, /\/account\/again\/\?next=/, 'setting a factor up asks for the password')
    page = await browser.submit(page, { password: given.plain.password }, given.client.redirect_uri)
    assert.match(page.url, /\/my\/security\/totp\//)
    const secret = /<b class="num">([A-Z2-7 ]+)<\/b>/.exec(page.html)[1].replaceAll(' ', '')
    page = await browser.submit(page, { code: totp(secret) }, given.client.redirect_uri)
    assert.match(page.url, /\/my\/security\/codes\/\?next=/)
    const next = /href="(\/oidc\/resume\/[^"]+)"/.exec(page.html)[1]
    const arrived = await browser.open(new URL(next, page.url).href, given.client.redirect_uri)
    const raised = await finish(config, arrived, raise.checks)
    const claims = raised.claims()
    assert.equal(claims.acr, wanted)
    assert.deepEqual(claims.amr, ['mfa', 'otp', 'pwd'])
    assert.equal(claims.sid, tokens.claims().sid)
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token)
    assert.equal(renewed.claims().acr, wanted, 'the next token of an earlier authorization shows it too')
    return { claims }
  },

  async stepUpEnrolled(given) {
    const config = await discover(given)
    const wanted = 'urn:tongban:acr:otp'
    const raise = await begin(config, given, { acr_values: wanted })
    const browser = new Browser()
    const page = await browser.open(raise.url, given.client.redirect_uri)
    const arrived = await browser.signIn(page, given.person, given.client.redirect_uri)
    const tokens = await finish(config, arrived, raise.checks)
    assert.equal(tokens.claims().acr, wanted)
    const silent = await begin(config, given, { acr_values: 'urn:tongban:acr:passkey', prompt: 'none' })
    const refused = await browser.open(silent.url, given.client.redirect_uri)
    assert.equal(errorOf(refused).error, 'unmet_authentication_requirements')
    return {}
  },

  // Signs in at one site after the other, in one session, and stays.
  async sessions(given) {
    const browser = new Browser()
    let tokens
    for (const site of given.clients.toReversed()) {
      const told = { ...given, client: site }
      tokens = (await signedIn(await discover(told), told, browser)).tokens
    }
    const { sid, sub } = tokens.claims()
    return { sid, sub, id_token: tokens.id_token }
  },
})
