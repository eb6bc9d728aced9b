// The product has a namespace TestKit, which is nearer to these tests than Akka's class of that name.
global using ActorTestKit = Akka.TestKit.Xunit2.TestKit;

namespace AkkaPrivacy.Tests.AkkaNet;
