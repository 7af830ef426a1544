import { Link } from 'react-router';

const NUMBERS = ['1001', '1002'];

export function Accounts() {
  return (
    <ul>
      {NUMBERS.map((number) => (
        <li key={number}>
          <Link to={`/accounts/${number}`}>Account {number}</Link>
        </li>
      ))}
    </ul>
  );
}
