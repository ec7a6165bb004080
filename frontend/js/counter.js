/* counter.js: function keys, uploads on choosing, printing. Every act is a button of the page; this only presses it. */
(function(){
  var d=document,f=d.querySelector('form[data-counter]');
  d.querySelectorAll('[data-print]').forEach(function(b){b.hidden=false;b.addEventListener('click',function(){print()})});
  if(!f)return;
  d.documentElement.classList.add('js');
  d.addEventListener('keydown',function(e){
    if(e.ctrlKey||e.altKey||e.metaKey||e.shiftKey)return;
    var b=f.querySelector('[data-key="'+e.key+'"]');
    if(b){e.preventDefault();b.click()}
  });
  f.addEventListener('change',function(e){
    if(!e.target.dataset.upload)return;
    var b=d.createElement('button');b.name='do';b.value='upload:'+e.target.dataset.upload;b.hidden=true;f.appendChild(b);b.click();
  });
  var errors=f.querySelector('.errs');
  if(errors)errors.focus();
})();
