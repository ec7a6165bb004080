/* passkey.js: asks the browser for a passkey and sends its answer. Without it, each page says what else to do. */
(function(){
  var d=document,K=window.PublicKeyCredential,forms=d.querySelectorAll('form[data-passkey]');
  if(!forms.length||!K||!navigator.credentials||!window.fetch)return;
  var offer=null,RENEW=240000; // the offer in the browser's autofill; a challenge stands for 5 minutes
  function bytes(t){
    var s=atob(t.replace(/-/g,'+').replace(/_/g,'/')),b=new Uint8Array(s.length);
    for(var i=0;i<s.length;i++)b[i]=s.charCodeAt(i);
    return b;
  }
  function text(b){
    return btoa(String.fromCharCode.apply(null,new Uint8Array(b))).replace(/\+/g,'-').replace(/\//g,'_').replace(/=+$/,'');
  }
  function ask(f){
    return fetch(f.action,{headers:{Accept:'application/json'},credentials:'same-origin',redirect:'manual'}).then(function(r){
      if(!r.ok)throw r;
      return r.json()}).then(function(o){
        var p=o.publicKey;
        p.challenge=bytes(p.challenge);
        if(p.user)p.user.id=bytes(p.user.id);
        (p.excludeCredentials||[]).concat(p.allowCredentials||[]).forEach(function(c){c.id=bytes(c.id)});
        return p});
  }
  function send(f,c){
    var r=c.response,a={};
    ['clientDataJSON','attestationObject','authenticatorData','signature','userHandle'].forEach(function(n){if(r[n])a[n]=text(r[n])});
    f.elements.credential.value=JSON.stringify({id:c.id,rawId:text(c.rawId),type:c.type,response:a,clientExtensionResults:{}});
    f.submit();
  }
  function withdraw(){
    if(!offer)return;
    clearTimeout(offer.timer);offer.abort.abort();offer=null;
  }
  function press(f,b){
    withdraw();
    var say=f.querySelector('[data-passkey-problem]');
    say.hidden=true;b.disabled=true;
    ask(f).then(function(p){
      return f.dataset.passkey==='create'?navigator.credentials.create({publicKey:p}):navigator.credentials.get({publicKey:p});
    }).then(function(c){send(f,c)}).catch(function(e){
      b.disabled=false;
      if(e&&e.type==='opaqueredirect'){location.reload();return} // the session has ended, or asks for proof first
      say.textContent=e&&e.name==='NotAllowedError'?f.dataset.cancelled:e&&e.name==='InvalidStateError'?f.dataset.known:f.dataset.failed;
      say.hidden=false;
    });
  }
  // Passkeys in the autofill of the name field: whoever chooses one there is signed in without a button.
  function propose(f){
    ask(f).then(function(p){
      offer={abort:new AbortController()};
      offer.timer=setTimeout(function(){
        withdraw();
        if(!d.hidden)propose(f);
        else d.addEventListener('visibilitychange',function again(){d.removeEventListener('visibilitychange',again);propose(f)});
      },RENEW);
      return navigator.credentials.get({publicKey:p,mediation:'conditional',signal:offer.abort.signal});
    }).then(function(c){withdraw();send(f,c)}).catch(function(){}); // withdrawn or declined: the page is as before
  }
  forms.forEach(function(f){
    var b=f.querySelector('[data-passkey-button]'),off=f.querySelector('[data-passkey-off]');
    b.hidden=false;
    if(off)off.hidden=true;
    f.addEventListener('submit',function(e){e.preventDefault();press(f,b)});
    if('autofill' in f.dataset&&K.isConditionalMediationAvailable&&window.AbortController)
      K.isConditionalMediationAvailable().then(function(yes){if(yes)propose(f)});
  });
})();
