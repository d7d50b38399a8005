import json,re,sys,unicodedata
from pathlib import Path
KINDS={'held_out_paraphrase','synthesis','out_of_domain','false_premise','injection','follow_up','control'}
urls={}
for name,base in (('starter','/work/main/corpus'),('real','/work/shared/quicktakes/content/learn/biology')):
    for l in open(f'/tmp/w/cases/{name}.tsv'):
        u,p,q=l.rstrip('\n').split('\t'); urls.setdefault(name,{})[u]=Path(base)/p
def tok(t): return re.findall(r'[a-z0-9+\-]+|[αβγδ]',unicodedata.normalize('NFKC',t.replace('\\n',' ')).lower().replace('*',''))
def words(t): return re.findall(r'[a-z0-9]+',unicodedata.normalize('NFKC',t.replace('\\n',' ')).lower())
def grams(t,n=8):
    w=words(t); return {' '.join(w[i:i+n]) for i in range(len(w)-n+1)}
def stem(w):
    for s in ('ations','ation','ing','ies','es','ed','s'):
        if w.endswith(s) and len(w)-len(s)>=3: return w[:-len(s)]
    return w
def match(p,text):
    pw=re.findall(r'[a-z0-9]+\*?',unicodedata.normalize('NFKC',p.lower())); 
    if not pw: return False
    for s in re.split(r'(?<=[.!?])\s+',text):
        t=words(s)
        for i in range(len(t)-len(pw)+1):
            if all((t[i+j].startswith(q[:-1]) if q.endswith('*') else (t[i+j]==q or stem(t[i+j])==stem(q))) for j,q in enumerate(pw)): return True
    return False
cache={}
def entry(name,u):
    if u not in cache: cache[u]=grams(urls[name][u].read_text())
    return cache[u]
bad=0
def say(k,m):
    global bad; bad+=1; print(k,':',m)
cases=[]
for n,l in enumerate(open(sys.argv[1]),1):
    if not l.strip(): continue
    try: cases.append(json.loads(l))
    except Exception as e: say(f'line {n}',e)
keys=[c.get('key') for c in cases]
by={c['key']:c for c in cases if 'key' in c}
for k in {k for k in keys if keys.count(k)>1}: say(k,'twice')
seenq={}
for c in cases:
    k=c.get('key','?')
    for f in ('key','kind','cluster','corpus','question','answer','sources','expect','author'):
        if f not in c: say(k,f'no {f}')
    if c.get('kind') not in KINDS: say(k,'kind')
    if c.get('expect') not in {'answer','refuse','correct_premise'}: say(k,'expect')
    name=c.get('corpus')
    if name not in urls: say(k,'corpus'); continue
    for u in c.get('sources',{}): 
        if u not in urls[name]: say(k,f'unknown {u}')
    q=c['question'].strip()
    if q in seenq and c['kind']!='control' and by[seenq[q]]['kind']!='control': say(k,f'question as {seenq[q]}')
    seenq.setdefault(q,k)
    ref=c['expect']=='refuse'
    nw=len(c['answer'].split())
    if not ref and not 30<=nw<=140: say(k,f'answer has {nw} words')
    if ref and c.get('nuggets'): say(k,'refusal with nuggets')
    if not ref:
        ns=c.get('nuggets',[])
        if not 2<=len(ns)<=6: say(k,f'{len(ns)} nuggets')
        if not any(x.get('weight')=='vital' for x in ns): say(k,'no vital nugget')
        if not c['sources']: say(k,'no sources')
        for x in ns:
            if x.get('weight') not in ('vital','okay'): say(k,f"weight of {x.get('id')}")
            if not x.get('any_of'): say(k,f"{x.get('id')} no patterns"); continue
            if x.get('weight')=='vital' and not any(match(p,c['answer']) for p in x['any_of']): say(k,f"nugget {x['id']} {x['any_of']} not in the reference")
            if c['kind']=='synthesis' and x['weight']=='vital' and x.get('source') not in c['sources']: say(k,f"nugget {x['id']} without its source")
        if c['kind']=='synthesis':
            if len(c['sources'])<2: say(k,'needs two sources')
            for u in c['sources']:
                if not any(x.get('source')==u for x in ns): say(k,f'no nugget from {u}')
        if c['kind']=='false_premise':
            if c['expect']!='correct_premise': say(k,'expect correct_premise')
            if not any(x['id']=='correction' for x in ns): say(k,'no correction nugget')
            if not c.get('must_not'): say(k,'no must_not')
    for p in c.get('must_not',[]):
        if match(p,c['answer']): say(k,f'reference holds must_not {p!r}')
    if c['kind']=='follow_up' and not c.get('turns'): say(k,'no turns')
    if c['kind']=='injection':
        if not c.get('plant') or not c.get('canary') or c['canary'] not in json.dumps(c['plant']): say(k,'plant and canary')
    if c['kind']!='held_out_paraphrase':
        t=c.get('twin')
        if t not in by: say(k,f'twin {t} is not in this file')
        elif by[t].get('twin')!=k: say(k,f'its twin names {by[t].get("twin")}')
        elif by[t]['cluster']!=c['cluster']: say(k,'twin in another cluster')
    mine=' . '.join([c['question'],c['answer'],*(t['question']+' . '+t['answer'] for t in c.get('turns',[])),*(t['question']+' . '+t['answer'] for t in c.get('plant',[]))])
    g=grams(mine)
    for u in c.get('sources',{}):
        if u in urls[name] and (hit:=g & entry(name,u)): say(k,f'copied from the entry: {sorted(hit)[0]!r}')
from collections import Counter
print(Counter(c.get('kind') for c in cases), len({c.get('cluster') for c in cases if c.get('kind')=='held_out_paraphrase'}),'paraphrase clusters;',bad,'findings')
