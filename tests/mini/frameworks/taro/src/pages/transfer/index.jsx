import { Button, View } from '@tarojs/components';
import Taro, { useDidShow } from '@tarojs/taro';

export default function Transfer() {
  useDidShow(() => {
    Taro.request({ url: 'https://api.bank.example/limits' });
  });
  const pay = () => {
    throw new RangeError('card 6222020202020208 is over its limit');
  };
  return (
    <View>
      <Button id="pay" onClick={pay}>Pay</Button>
    </View>
  );
}
