import { useEffect, useState } from 'react';
import { Button, Text, View } from '@tarojs/components';
import Taro from '@tarojs/taro';

export default function Accounts() {
  const [balance, setBalance] = useState('…');
  useEffect(() => {
    Taro.request({ url: 'https://api.bank.example/accounts' }).then(({ statusCode }) => setBalance(String(statusCode)));
  }, []);
  const open = () => Taro.navigateTo({ url: '/pages/transfer/index?card=6222020202020208' });
  return (
    <View>
      <Text>{balance}</Text>
      <Button id="open" onClick={open}>Transfer</Button>
    </View>
  );
}
