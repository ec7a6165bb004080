// Four at once with one code, one pushed request, one refresh token, spread over two web processes.
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { Browser, stage } from './browser.mjs'

const AT_ONCE = 4

function setting(given) {
  const { client_id, client_secret, redirect_uri } = given.client
  const processes = [given.issuer, given.other]
  const basic = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`
  const post = (at, path, form) =>
    fetch(`${processes[at % 2]}${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { authorization: basic },
    })
  return { client_id, redirect_uri, processes, post }
}

async function request(given) {
  const verifier = client.randomPKCECodeVerifier()
  const parameters = {
    client_id: given.client.client_id,
    redirect_uri: given.client.redirect_uri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  return { verifier, parameters }
}

async function signIn(given) {
  const browser = new Browser()
  const { parameters } = await request(given)
  const page = await browser.open(`${given.issuer}/oidc/authorize?${new URLSearchParams(parameters)}`, given.client.redirect_uri)
  const arrived = await browser.signIn(page, given.person, given.client.redirect_uri)
  assert.ok(arrived.arrived)
  return browser
}

async function code(given, browser) {
  const { verifier, parameters } = await request(given)
  const response = await browser.request(`${given.issuer}/oidc/authorize?${new URLSearchParams(parameters)}`)
  const found = new URL(response.headers.get('location')).searchParams.get('code')
  assert.ok(found)
  return { grant_type: 'authorization_code', code: found, code_verifier: verifier, redirect_uri: given.client.redirect_uri }
}

const race = (run) => Promise.all(Array.from({ length: AT_ONCE }, (_, at) => run(at)))

// Runs rounds two at a time, each of which returns how many succeeded.
async function rounds(given, round) {
  const successes = []
  const lane = async () => {
    while (successes.length < given.rounds) {
      const slot = successes.push(0) - 1
      successes[slot] = await round()
    }
  }
  await Promise.all([lane(), lane()])
  return { successes }
}

const isAlive = async (given, token) =>
  (await fetch(`${given.other}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status === 200

async function raceForTokens(given, post, form) {
  const responses = await race((at) => post(at, '/oidc/token', form))
  const won = responses.filter((one) => one.status === 200)
  const lost = responses.filter((one) => one.status !== 200)
  for (const one of lost) assert.equal((await one.json()).error, 'invalid_grant')
  for (const one of won) {
    const { access_token } = await one.json()
    assert.equal(await isAlive(given, access_token), false, 'those who came too late have ended the family')
  }
  return won.length
}

stage({
  async codes(given) {
    const { post } = setting(given)
    const browser = await signIn(given)
    return rounds(given, async () => raceForTokens(given, post, await code(given, browser)))
  },

  async refreshTokens(given) {
    const { post } = setting(given)
    const browser = await signIn(given)
    return rounds(given, async () => {
      const tokens = await (await post(0, '/oidc/token', await code(given, browser))).json()
      const won = await raceForTokens(given, post, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
      assert.equal(await isAlive(given, tokens.access_token), false)
      return won
    })
  },

  async pushedRequests(given) {
    const { post, client_id, processes } = setting(given)
    const browser = await signIn(given)
    return rounds(given, async () => {
      const { parameters } = await request(given)
      const { request_uri } = await (await post(0, '/oidc/par', parameters)).json()
      const query = new URLSearchParams({ client_id, request_uri })
      const answers = await race((at) => browser.request(`${processes[at % 2]}/oidc/authorize?${query}`))
      for (const one of answers) assert.ok([302, 400].includes(one.status), `${one.status}`)
      return answers.filter((one) => one.status === 302 && one.headers.get('location').includes('code=')).length
    })
  },
})
