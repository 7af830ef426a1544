import { useState } from 'react';
import { Link, useParams } from 'react-router';

export function Account() {
  const { number } = useParams();
  const [statement, setStatement] = useState();
  return (
    <section>
      <h2>Account {number}</h2>
      <button onClick={() => setStatement({})}>Show statement</button>
      {statement && <Statement statement={statement} />}
      <Link to="/accounts">All accounts</Link>
    </section>
  );
}

/** Expects what a statement without entries does not have. */
function Statement({ statement }) {
  return <p>{statement.entries.length} entries</p>;
}
