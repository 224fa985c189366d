// The style of all pages: two palettes, one column, narrow screens and paper thought of. No colour
// says anything that a word beside it does not.
#pragma once

#include <string_view>

namespace dpol::html {

inline constexpr std::string_view kStyle = R"css(:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2430; --soft: #55606e; --line: #d4dae2; --fill: #f3f5f8; --link: #0b57b0;
  --require: #1d6f42; --warn: #8a6100; --hold: #6a4bb5; --rollback: #b3261e; --person: #0b6a86;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181e; --ink: #e4e8ee; --soft: #a3aebb; --line: #353d48; --fill: #1d232b; --link: #8ab8ff;
    --require: #74cf9b; --warn: #e2b95b; --hold: #bda7f5; --rollback: #ff8f87; --person: #72c7e2;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 3rem; max-width: 62rem;
  background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 0 0 .4rem; }
h1 { font-size: 1.9rem; }
h2 { font-size: 1.4rem; }
h3 { font-size: 1.18rem; }
h4, h5, h6 { font-size: 1rem; }
section { margin-top: 2.2rem; }
section section { margin-top: 1.4rem; }
p { margin: 0 0 .8rem; max-width: 44rem; }
a { color: var(--link); }
a:focus-visible, .table:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
nav { margin: 1rem 0 1.5rem; padding: .7rem 1rem; background: var(--fill); border-radius: .5rem; }
nav ul { margin: 0; padding: 0; list-style: none; columns: 14rem; column-gap: 2rem; }
nav ul ul { columns: auto; padding-left: 1rem; }
nav li { break-inside: avoid; padding: .12rem 0; }
article {
  margin: .8rem 0; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: .5rem; break-inside: avoid;
}
article:target { outline: 3px solid var(--link); }
article > h3, article > h4, article > h5, article > h6 { font-size: 1.05rem; margin: 0; }
.id { margin: 0 0 .5rem; color: var(--soft); font-size: .85rem; }
.mark { margin-left: .5rem; padding: 0 .45rem; border: 1px solid var(--line); border-radius: .8rem; white-space: nowrap; }
.state { margin-left: .5rem; padding: 0 .55rem; border: 1px solid; border-radius: .8rem; font-weight: 600; white-space: nowrap; }
.state.done { color: var(--require); } .state.open { color: var(--rollback); } .state.later { color: var(--soft); }
figure { margin: .5rem 0 0; }
figcaption { color: var(--soft); font-size: .93rem; }
pre { margin: .2rem 0 0; padding: .6rem .8rem; background: var(--fill); border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
dl { margin: 0 0 .8rem; }
article dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 11rem 1fr; gap: .1rem 1rem; padding: .15rem 0 .15rem .7rem; border-left: 3px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; }
.require { border-left-color: var(--require); } .require > dt { color: var(--require); }
.warn { border-left-color: var(--warn); } .warn > dt { color: var(--warn); }
.hold { border-left-color: var(--hold); } .hold > dt { color: var(--hold); }
.rollback { border-left-color: var(--rollback); } .rollback > dt { color: var(--rollback); }
.person { border-left-color: var(--person); } .person > dt { color: var(--person); }
.table { overflow-x: auto; margin: .4rem 0 1rem; }
table { border-collapse: collapse; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; min-width: 4.5rem; max-width: 26rem; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; }
.tree, .tree ul { margin: .2rem 0; padding-left: 1.1rem; }
.tree ul { border-left: 2px solid var(--line); list-style: none; }
.tree > li, .tree ul > li { padding: .15rem 0; }
.tree .notes { border-left: 0; color: var(--soft); font-size: .93rem; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) {
  dl > div { grid-template-columns: 1fr; }
  article { padding: .7rem .8rem; }
  thead { position: absolute; left: -100rem; }
  table, tbody, tr, tbody th, td { display: block; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  tbody th, td { border: 0; padding: .1rem 0; max-width: none; }
  tbody th { font-weight: 600; }
  td { display: grid; grid-template-columns: 7.5rem 1fr; gap: 0 .8rem; }
  td > span { min-width: 0; }
  td:empty { display: none; }
  td::before { content: attr(data-label); color: var(--soft); }
}
@media print {
  :root {
    --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --fill: #ffffff; --link: #000000;
    --require: #000000; --warn: #000000; --hold: #000000; --rollback: #000000; --person: #000000;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip { display: none; }
  a { text-decoration: none; }
  .table { overflow: visible; }
  h2, h3, h4 { break-after: avoid; }
  tr { break-inside: avoid; }
}
)css";

}  // namespace dpol::html
