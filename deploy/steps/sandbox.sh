# shellcheck shell=bash
# What is in the sandbox when it opens: a customer with a till, whose week stands in the simulated Exact's books.

in_the_till() { docker compose --profile till run --rm -T till "$@" </dev/null; }

fill_sandbox() {
  step "The sandbox: a till pairs, its owner gives the consent at the simulated Exact, a week of closings goes"
  local code
  code=$(docker compose exec -T web python manage.py shell --verbosity 0 <deploy/sandbox/customer.py | sed -n 's/^code //p')
  [ -n "$code" ] || say "The till is paired already."
  in_the_till /sandbox/week "$code"
  say "Closings of the till: $(in_the_till /sandbox/booked)"
  say "Exact's books: $(setting CLYO_URL | sed 's|//|//exact.|')/   letters: $(setting CLYO_URL | sed 's|//|//mail.|')/"
}
