/* apply.js: saves while one types, shows questions that an answer brings up, uploads on choosing. Only enhancement. */
(function(){
  var d=document,f=d.querySelector('form[data-apply]');
  if(!f)return;
  d.documentElement.classList.add('js');
  var status=f.querySelector('[data-status]'),timer,busy=false,again=false,pressed=null,waits=false;
  function say(t){if(status)status.textContent=t}
  function save(){
    if(busy){again=true;return}
    busy=true;again=false;say(f.dataset.saving);
    var body=new FormData(f);
    f.querySelectorAll('input[type=file]').forEach(function(i){body.delete(i.name)});
    body.set('do','autosave');
    fetch(f.action,{method:'POST',body:body,headers:{Accept:'application/json'},redirect:'error'}).then(function(r){
      if(!r.ok)throw r;
      return r.json()}).then(function(a){f.elements.revision.value=a.revision;say(f.dataset.saved);return renew()
    }).catch(function(){say(f.dataset.unsaved)}).then(function(){
      busy=false;
      if(waits){waits=false;if(pressed)pressed.click();else f.submit()}
      else if(again)later()});
  }
  // What answers bring up is decided at the server: materials and what is missing are taken from the page anew.
  function renew(){
    return fetch(f.action,{headers:{Accept:'text/html'},redirect:'error'}).then(function(r){return r.ok?r.text():''}).then(function(t){
      var page=new DOMParser().parseFromString(t,'text/html');
      f.querySelectorAll('[data-live]').forEach(function(old){
        var now=page.querySelector('[data-live="'+old.dataset.live+'"]');
        if(now&&now.innerHTML!==old.innerHTML&&!old.contains(d.activeElement))old.innerHTML=now.innerHTML})});
  }
  function later(){clearTimeout(timer);timer=setTimeout(save,1200)}
  function values(name){
    var found=[];
    f.querySelectorAll('[name="a.'+name+'"]').forEach(function(i){
      if(i.type==='radio'||i.type==='checkbox'){if(i.checked)found.push(i.value);else if(i.type==='checkbox'&&i.value==='true')found.push('false')}
      else found.push(i.value)});
    return found;
  }
  function toggle(){
    f.querySelectorAll('[data-when]').forEach(function(b){
      var wanted=b.dataset.in.split('|'),on=values(b.dataset.when).some(function(v){return wanted.indexOf(v)>-1});
      b.hidden=!on;
      b.querySelectorAll('input,select,textarea').forEach(function(i){i.disabled=!on});
      var shown=b.previousElementSibling;
      if(shown&&shown.name==='shown')shown.disabled=!on;
    });
  }
  f.addEventListener('input',later);
  f.addEventListener('change',function(e){
    var t=e.target;
    if(t.dataset.upload){press('upload:'+t.dataset.upload);return}
    if('submit' in t.dataset){press('choose');return}
    toggle();
  });
  function press(what){
    clearTimeout(timer);
    var b=d.createElement('button');b.name='do';b.value=what;b.hidden=true;f.appendChild(b);b.click();
  }
  // A press waits for the saving under way, so that it carries the revision that this leads to.
  f.addEventListener('click',function(e){var b=e.target.closest&&e.target.closest('button');if(b)pressed=b});
  f.addEventListener('submit',function(e){clearTimeout(timer);if(busy){e.preventDefault();waits=true;again=false}});
  toggle();
  var errors=f.querySelector('.errs');
  if(errors)errors.focus();
})();
