" Vim syntax file
" Language: dpol, deployment policies
" Written by `./dev grammars` from editors/generate/templates/dpol.vim.in and
" lang/token_kinds.def. Edit those.

if exists("b:current_syntax")
  finish
endif
let s:cpo_save = &cpo
set cpo&vim

syn case match
syn iskeyword @,48-57,_
syn sync fromstart

" Of two items that match at one place Vim takes the one defined last: this file goes from the
" general to the particular. Reserved words are no `syn keyword`s, since those would win everywhere.

" Operators and names
syn match dpolOperator "[-+*/%|?=<>]\|[<>]=\|\.\."
syn match dpolEquals "[!=]=" nextgroup=dpolEnumMember skipwhite
syn match dpolEnumMember "\v%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h\w*>%(\s*[.(\[+*/-])@!" contained
syn match dpolCall "\v<\h\w*\ze\s*\("
syn match dpolFunction "\v<%(avg|min|max|sum|count|p50|p90|p95|p99|stddev|first|last|delta|increase|rate|slope|abs|least|greatest|clamp|floor|ceil|round|round_to|starts_with|ends_with|chars|lower|upper|trim|substitute|substring|concat|split|join|text|to_int|to_float|to_duration|capture|distinct|sorted|slice|keys|has_key|satisfies|major|minor|patch|is_prerelease|year|month|day_of_month|hour|minute|weekday|date|start_of_day|count|sum|min|max|avg)\ze\s*\("
syn match dpolArgument "\v%([(,]\s*)@8<=<\h\w*\ze\s*:"

" Reserved words
syn match dpolWordOperator "\v%(%(^|[^.])\.)@2<!<%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for)>%(\s*:)@!"
syn match dpolWordOperator "\v%(%(^|[^.])\.)@2<!<%(present)\ze\s+%(and|or|in|matches|contains|then|else|where|for)@!\h"
syn match dpolClause "\v%(%(^|[^.])\.)@2<!<%(when|unless|waivable|within|because|bake|during|from|only)>%(\s*:)@!"
syn match dpolStatement "\v%(%(^|[^.])\.)@2<!<%(item|phase|threshold|rollout|stage|strategy|use|final|param|set|drop|replace|applies|trial|score)>%(\s*:)@!"
syn match dpolModifier "\v%(%(^|[^.])\.)@2<!<%(final|trial)>%(\s*:)@!"
syn match dpolConstant "\v%(%(^|[^.])\.)@2<!<%(true|false|T)>%(\s*:)@!"
syn match dpolTrack "\v%(%(^|[^.])\.)@2<!<%(stable|baseline|candidate)>%(\s*:)@!"
syn match dpolRequire "\v%(%(^|[^.])\.)@2<!<require>%(\s*:)@!"
syn match dpolWarn "\v%(%(^|[^.])\.)@2<!<warn>%(\s*:)@!" nextgroup=dpolStandingRule skipwhite
syn match dpolHold "\v%(%(^|[^.])\.)@2<!<hold>%(\s*:)@!" nextgroup=dpolStandingRule skipwhite
syn match dpolRollback "\v%(%(^|[^.])\.)@2<!<rollback>%(\s*:)@!" nextgroup=dpolStandingRule skipwhite
syn match dpolConfirm "\v%(%(^|[^.])\.)@2<!<confirm>%(\s*:)@!"

" Contextual words: where what stands before does not ask for an operand and what stands behind
" does not continue one, and in the company of certain others
syn match dpolClause "\v%([=<>+*/(,:|-]\s*)@8<!%(<%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|present|when|require)\s+)@20<!%(%(^|[^.])\.)@2<!<%(as|extends|owner|why|evidence|severity|covers|needs|settle|enter|leave|decide|run|worth|half|each|lower|higher|stale|gone|until|at|on|via|to|while|by|says|otherwise)>\ze\s+%(%(and|or|in|matches|contains|then|else|where|for)>)@!["`[:alnum:]_(]"
syn match dpolStatement "\v%([=<>+*/(,:|-]\s*)@8<!%(<%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|present|when|require)\s+)@20<!%(%(^|[^.])\.)@2<!<%(stages|step|expect)>\ze\s+%(%(and|or|in|matches|contains|then|else|where|for)>)@!["`[:alnum:]_(]"
syn match dpolClause "\v%(%(^|[^.])\.)@2<!<%(lower|higher)\s+is\s+better>"
syn match dpolClause "\v%(%(^|[^.])\.)@2<!<%(stale\s+after|gone\s+after|at\s+most|other\s+than)>"
syn match dpolClause "\v%(%(^|[^.])\.)@2<!<%(or\s+not\s+applicable|across\s+stages|decide\s+by)>"
syn match dpolClause "\v%(%(^|[^.])\.)@2<!<otherwise>\ze\s*%(\}|$|\/\/)"
syn match dpolClause "\v%(%(^|[^.])\.)@2<!<of>\ze\s+\h\w*%(\.\h\w*)*\s*\{"
syn match dpolClause "\v%(%(^|[^.])\.)@2<!<baseline>\ze\s+\h\w*\s+%(over|of\s+last)>" nextgroup=dpolBaselineAggregate skipwhite
syn match dpolBaselineAggregate "\v<\h\w*>" contained nextgroup=dpolBaselineOf skipwhite
syn match dpolBaselineOf "\v<%(over|of\s+last)>" contained
syn match dpolClause "\v%(\d\s+)@8<=<promoted>"
syn match dpolWordOperator "\v%(%(^|[^.])\.)@2<!<%(in|for)\ze\s+\d[0-9_]*\s+%(of\s+\d[0-9_]*\s+)?samples>"
syn match dpolWordOperator "\v%(\d\s+)@8<=<%(of\ze\s+\d[0-9_]*\s+samples>|samples>)"
syn match dpolWordOperator "\v%(%(^|[^.])\.)@2<!<in>\ze\s+%(\%|%(ns|us|ms|s|m|h|d|w|B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)>%(\s*[:.(])@!)" nextgroup=dpolUnit skipwhite
syn match dpolUnit "\v\%|<%(ns|us|ms|s|m|h|d|w|B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)>" contained

" What a rule does when it is unknown or broken
syn match dpolClause "\v%(%(^|[^.])\.)@2<!<if\s+%(baseline\s+)?%(missing|empty)\ze\s+%(pass|fail|require|warn|hold|rollback|confirm|for|no)>" nextgroup=dpolOutcome,dpolGrace skipwhite
syn match dpolGrace "\v<for>" contained nextgroup=dpolGraceTime skipwhite
syn match dpolGraceTime "\v<%(\d[0-9_]*%(\.\d[0-9_]*)?\a+)+>" contained nextgroup=dpolOutcome skipwhite
syn match dpolWordOperator "\v%(%(^|[^.])\.)@2<!<else>" nextgroup=dpolOutcome skipwhite
syn match dpolOutcome "\v<%(pass|fail|require|warn|hold|rollback|confirm)>%(\s*[.(])@!" contained
syn match dpolOutcome "\v%(%(^|[^.])\.)@2<!<no-go>"
syn match dpolStatement "\v%(%(^|[^.])\.)@2<!<expect>\ze\s+\h" nextgroup=dpolOutcome,dpolEnumMember skipwhite

" Declarations begin a line
syn match dpolDeclaration "\v^\s*\zs%(module|edition|import|unit|enum|record|facts|metric|source|fn|role|policy|message|procedure|waiver|test)\ze\s+%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h\w*" nextgroup=dpolDeclaredName skipwhite
syn match dpolDeclaration "\v^\s*\zs%(module|edition|import|unit|enum|record|facts|metric|source|fn|role|policy|message|procedure|waiver|test)\ze\s*[\"{]"
syn match dpolDeclaredName "\v\h\w*%(\.\h\w*)*" contained
syn match dpolDeclaration "\v^\s*\zs%(module|import)\ze\s+\h" nextgroup=dpolModuleName skipwhite
syn match dpolModuleName "\v\h\w*%(\.\h\w*)*" contained
syn match dpolDeclaration "\v^\s*\zsmetric\ze\s+%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h\w*" nextgroup=dpolMetricName skipwhite
syn match dpolMetricName "\v\h\w*" contained nextgroup=@dpolTypes skipwhite
syn match dpolDeclaration "\v^\s*\zssource\ze\s+%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h\w*" nextgroup=dpolSourceName skipwhite
syn match dpolSourceName "\v\h\w*" contained nextgroup=dpolFormat skipwhite
syn match dpolFormat "\v\h\w*" contained
syn match dpolDeclaration "\v^\s*\zsenum\ze\s+%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h\w*" nextgroup=dpolEnumName skipwhite
syn match dpolEnumName "\v\h\w*" contained nextgroup=dpolEnumValues skipwhite
syn match dpolDeclaration "\v^\s*\zsfn\ze\s+%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h\w*\s*\(" nextgroup=dpolFnName skipwhite
syn match dpolFnName "\v\h\w*" contained nextgroup=dpolFnParams skipwhite
syn region dpolFnParams start="(" end=")" contained contains=dpolFnParam,dpolComment,dpolDoc nextgroup=dpolBuiltinType,dpolTypeName skipwhite
syn match dpolFnParam "\v<\h\w*" contained nextgroup=@dpolTypes skipwhite

" Fields may have any name: their blocks know no keywords
syn match dpolDeclaration "\v\.@1<!<facts\ze\s*\{" nextgroup=dpolFields skipwhite
syn match dpolDeclaration "\v\.@1<!<record\ze\s+\h\w*\s*\{" nextgroup=dpolRecordName skipwhite
syn match dpolRecordName "\v\h\w*" contained nextgroup=dpolFields skipwhite
syn region dpolFields matchgroup=NONE start="{" end="}" contained contains=dpolField,dpolFields,dpolNumber,dpolString,dpolComment,dpolDoc,dpolOperator
syn match dpolField "\v<\h\w*%(\.\h\w*)*>" contained nextgroup=dpolOptional,dpolFieldAssign,@dpolTypes,dpolEnumValues,dpolFields skipwhite skipempty
syn match dpolOptional "?" contained nextgroup=@dpolTypes,dpolEnumValues,dpolFields skipwhite
syn match dpolFieldAssign "=" contained nextgroup=dpolEnumMember,dpolConstant,dpolFields skipwhite

" Types
syn cluster dpolTypes contains=dpolTypeName,dpolBuiltinType,dpolTypeWord,dpolEnumValues
syn match dpolTypeName "\v<\h\w*%(\.\h\w*)*>%(\s*\/\s*\h\w*>)?" contained
syn match dpolBuiltinType "\v<%(bool|int|float|string|ratio|points|duration|bytes|time|semver)>%(\s*%(\.|\/\/@!))@!" contained
syn match dpolTypeWord "\v<%(list|map)\s+of>" contained nextgroup=@dpolTypes skipwhite
syn match dpolTypeWord "\v<percent\s+change>" contained
syn match dpolEnumValues "\v<%(ordered\s+)?%(\h\w*|\"[^\"]*\")%(\s*[|<]\s*%(\h\w*|\"[^\"]*\"))+" contained contains=dpolString,dpolEnumMember,dpolOrdered,dpolOperator
syn match dpolOrdered "\v<ordered\ze\s+\h" contained

" Names of what is declared inside a policy
syn match dpolStatement "\v%(%(^|[^.])\.)@2<!<%(item|score)\ze\s+%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h" nextgroup=dpolRuleName skipwhite
syn match dpolStatement "\v%(%(^|[^.])\.)@2<!<%(drop|replace|use)\ze\s+%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h" nextgroup=dpolRuleName skipwhite
syn match dpolRuleName "\v\h\w*%(\.\h\w*)*" contained
syn match dpolStandingRule "\v%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h\w*>\ze\s*%($|[\"{]|%(when|only|waivable)>)" contained
syn match dpolStatement "\v%(%(^|[^.])\.)@2<!<%(phase|rollout|strategy|stage)\ze\s+%(%(and|or|not|in|matches|contains|if|then|else|every|any|none|where|for|true|false|T|stable|baseline|candidate|when|unless|require|warn|hold|rollback|confirm|item|phase|threshold|rollout|stage|strategy|use|final|waivable|within|because|bake|during|from|only|param|set|drop|replace|applies|trial|score)>)@!\h" nextgroup=dpolSection skipwhite
syn match dpolSection "\v\h\w*" contained
syn match dpolStatement "\v%(%(^|[^.])\.)@2<!<threshold\ze\s+\h" nextgroup=dpolThresholdName skipwhite
syn match dpolThresholdName "\v\h\w*%(\.\h\w*)*>%(\s*\()@!" contained nextgroup=dpolThresholdComma skipwhite
syn match dpolThresholdComma "," contained nextgroup=dpolThresholdName skipwhite
syn match dpolStatement "\v%(%(^|[^.])\.)@2<!<param\ze\s+\h" nextgroup=dpolParam skipwhite
syn match dpolParam "\v\h\w*" contained nextgroup=@dpolTypes skipwhite

" What is assigned to may be called like a keyword
syn match dpolTarget "\v%(%(^|[^.])\.)@2<!<\h\w*%(\.\h\w*)*\ze\s*\=\=@!" contains=dpolMember
syn match dpolStatement "\v%(%(^|[^.])\.)@2<!<set\ze\s+\h" nextgroup=dpolTarget skipwhite

" After one dot every word is a name, but for a metric's tracks
syn match dpolMember "\v\.@1<!\.\h\w*"
syn match dpolTrack "\v%(\.@1<!\.)@2<=%(stable|baseline|candidate)>" containedin=dpolMember contained

" Numbers
syn match dpolBadNumber "\v<\d[0-9_]*%(\.\d[0-9_]*)?\a\w*>"
syn match dpolNumber "\v<\d[0-9_]*%(\.\d[0-9_]*)?>"
syn match dpolNumber "\v<%(\d[0-9_]*%(\.\d[0-9_]*)?%(ns|us|ms|s|m|h|d|w))+>"
syn match dpolNumber "\v<\d[0-9_]*%(\.\d[0-9_]*)?%(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)>"
syn match dpolNumber "\v<\d[0-9_]*%(\.\d[0-9_]*)?%(\h\w*)?\/[smhd]>%(\(|\.\.@!)@!"
syn match dpolPercent "\v<\d[0-9_]*%(\.\d[0-9_]*)?\%"
syn match dpolPoints "\v<\d[0-9_]*%(\.\d[0-9_]*)?pp>"
syn match dpolFactor "\v<\d[0-9_]*%(\.\d[0-9_]*)?x>"
syn match dpolVersion "\v<v?\d+\.\d+\.\d+%(-[0-9A-Za-z-]+%(\.[0-9A-Za-z-]+)*)?%(\+[0-9A-Za-z-]+%(\.[0-9A-Za-z-]+)*)?>"
syn match dpolDate "\v<\d{4}-\d\d-\d\d%(T\d\d:\d\d:\d\dZ)?>"

" Strings
syn match dpolEscape +\\["\\n]\|\$\$\ze{+ contained
syn match dpolBadEscape +\\[^"\\n]+ contained
syn match dpolHole "\v\$@1<!\$\{[^}\"`]*\}" contained
syn region dpolString start=+"+ end=+"+ skip=+\\.+ oneline contains=dpolEscape,dpolBadEscape,dpolHole
syn region dpolString start=+"""+ end=+"""+ contains=dpolEscape,dpolBadEscape,dpolHole
syn region dpolRegex start=+\<r"+ end=+"+ skip=+\\.+ oneline
syn region dpolQuery start=+`+ end=+`+ contains=dpolHole,dpolQueryEscape
syn match dpolQueryEscape +\$\$\ze{+ contained

" Comments
syn keyword dpolTodo TODO FIXME XXX contained
syn match dpolComment "//.*$" contains=dpolTodo,@Spell
syn match dpolDoc "///\%([^/].*\)\?$" contains=dpolTodo,@Spell

hi def link dpolArgument Identifier
hi def link dpolBadEscape Error
hi def link dpolBadNumber Error
hi def link dpolBaselineAggregate Function
hi def link dpolBaselineOf dpolClause
hi def link dpolBuiltinType Type
hi def link dpolCall Function
hi def link dpolClause Keyword
hi def link dpolComment Comment
hi def link dpolConfirm Label
hi def link dpolConstant Constant
hi def link dpolDate dpolNumber
hi def link dpolDeclaration Structure
hi def link dpolDeclaredName Type
hi def link dpolDoc SpecialComment
hi def link dpolEnumMember Constant
hi def link dpolEnumName dpolDeclaredName
hi def link dpolEquals dpolOperator
hi def link dpolEscape SpecialChar
hi def link dpolFactor dpolNumber
hi def link dpolField Identifier
hi def link dpolFieldAssign dpolOperator
hi def link dpolFnName Function
hi def link dpolFnParam Identifier
hi def link dpolFormat Special
hi def link dpolFunction Function
hi def link dpolGrace dpolWordOperator
hi def link dpolGraceTime dpolNumber
hi def link dpolHold PreProc
hi def link dpolHole Special
hi def link dpolMetricName dpolDeclaredName
hi def link dpolModifier StorageClass
hi def link dpolModuleName Include
hi def link dpolNumber Number
hi def link dpolOperator Operator
hi def link dpolOptional dpolOperator
hi def link dpolOrdered StorageClass
hi def link dpolOutcome Exception
hi def link dpolParam Identifier
hi def link dpolPercent dpolNumber
hi def link dpolPoints dpolNumber
hi def link dpolQuery String
hi def link dpolQueryEscape dpolEscape
hi def link dpolRecordName dpolDeclaredName
hi def link dpolRegex String
hi def link dpolRequire Conditional
hi def link dpolRollback Exception
hi def link dpolRuleName Function
hi def link dpolSection Title
hi def link dpolSourceName dpolDeclaredName
hi def link dpolStandingRule dpolRuleName
hi def link dpolStatement Statement
hi def link dpolString String
hi def link dpolTarget Identifier
hi def link dpolThresholdName dpolDeclaredName
hi def link dpolTodo Todo
hi def link dpolTrack Special
hi def link dpolTypeName Type
hi def link dpolTypeWord StorageClass
hi def link dpolUnit dpolNumber
hi def link dpolVersion dpolNumber
hi def link dpolWarn PreProc
hi def link dpolWordOperator Operator

let b:current_syntax = "dpol"
let &cpo = s:cpo_save
unlet s:cpo_save
