export default { pages: ['pages/accounts/index', 'pages/transfer/index'], window: { navigationBarTitleText: 'Harbour Bank' } };
