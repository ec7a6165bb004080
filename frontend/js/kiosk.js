/* kiosk.js: warns before a kiosk clears itself, keeps the session while somebody types, and clears it in time.
   Without it the server ends the session all the same. */
(function(){
  var d=document,bar=d.querySelector('form[data-idle]');
  if(!bar)return;
  var idle=1000*bar.dataset.idle,WARN=30000,EVERY=20000,used=Date.now(),told=Date.now(),over=false;
  var note=bar.querySelector('[data-idle-note]'),warning=bar.querySelector('[data-idle-warning]'),stay=bar.querySelector('[data-stay]');
  function warn(on){note.hidden=on;warning.hidden=!on;stay.hidden=!on}
  function active(){
    used=Date.now();
    if(!warning.hidden)warn(false);
    if(used-told>EVERY){told=used;fetch('/kiosk/alive',{redirect:'error'}).then(function(r){if(r.status===410)end()}).catch(function(){})}
  }
  function end(){if(!over){over=true;bar.submit()}}
  ['pointerdown','keydown','scroll','touchstart'].forEach(function(e){d.addEventListener(e,active,{passive:true,capture:true})});
  setInterval(function(){
    var rest=idle-(Date.now()-used);
    if(rest<=0)end();else if(rest<=WARN&&warning.hidden)warn(true);
  },1000);
})();
