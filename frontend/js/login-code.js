/* login-code.js: asks how the code stands, shows it, renews it a few times, and presses the button. Only enhancement. */
(function(){
  var d=document,form=d.querySelector('form[data-login-code]');
  if(!form)return;
  d.documentElement.classList.add('js');
  var renewals=+form.dataset.renewals,ends,done=false,EVERY=1500;
  function all(selector){return [].slice.call(form.querySelectorAll(selector))}
  function start(){
    ends=Date.now()+1000*form.dataset.seconds;
    all('[data-countdown]').forEach(function(n){n.hidden=false});
    show({state:form.dataset.state,number:null});
  }
  function show(a){
    var before=form.dataset.state;
    form.dataset.state=a.state;
    all('[data-when]').forEach(function(n){n.hidden=n.dataset.when!==a.state});
    if(a.number)form.querySelector('[data-number]').textContent=a.number;
    if(a.seconds)ends=Date.now()+1000*a.seconds;
    if(before!==a.state){
      var words=form.querySelector('[data-when="'+a.state+'"] .login-h');
      form.querySelector('[data-status]').textContent=words?words.textContent+(a.number?' '+a.number:''):'';
    }
    if(a.state==='approved'&&!done){done=true;form.querySelector('[data-redeem]').click()}
  }
  function tick(){
    var left=form.querySelector('[data-left]');
    if(left)left.textContent=Math.max(0,Math.ceil((ends-Date.now())/1000));
  }
  // A new code comes with the page itself: the server decides what it shows, and the secret stays out of reach here.
  function renew(){
    renewals--;
    return fetch(location.href,{headers:{Accept:'text/html'},redirect:'error'}).then(function(r){if(!r.ok)throw r;return r.text()}).then(function(t){
      var now=new DOMParser().parseFromString(t,'text/html').querySelector('form[data-login-code]');
      form.innerHTML=now.innerHTML;form.dataset.state=now.dataset.state;form.dataset.seconds=now.dataset.seconds;start()});
  }
  function ask(){
    if(done||form.dataset.state==='refused'||form.dataset.state==='expired')return;
    if(d.hidden){later();return}
    fetch(form.dataset.poll,{headers:{Accept:'application/json'},redirect:'error'}).then(function(r){if(!r.ok)throw r;return r.json()}).then(function(a){
      if(a.state!=='expired'||renewals<=0){show(a);return}
      return renew();
    }).catch(function(){}).then(later);
  }
  function later(){setTimeout(ask,EVERY)}
  // Come back to by the browser's history, the page asks at once how things stand.
  window.addEventListener('pageshow',function(e){if(e.persisted){done=false;ask()}});
  start();setInterval(tick,500);later();
})();
