import { setUser } from 'dna-web';
import { useNavigate } from 'react-router';

export function SignIn() {
  const navigate = useNavigate();
  const signIn = (data) => {
    // Known from here on. On a page that is loaded later, say it again when the session is known.
    setUser(data.get('user'), { tier: 'vip' });
    navigate('/accounts');
  };
  return (
    <form action={signIn}>
      <label>
        User <input name="user" required />
      </label>
      <button>Sign in</button>
    </form>
  );
}
