using Akka.Actor;
using Akka.Event;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>
/// Answers the questions that a stopped account left behind: those in its mailbox, those it had put aside while it wrote or
/// recovered, and those that still came before its supervisor knew. Whoever waits asks again at once instead of waiting out
/// its timeout.
/// </summary>
/// <remarks>All of them end as dead letters of this system, and nothing ever handles a dead letter, so
/// <see cref="RefusalCode.Unavailable"/> is true of each. One for each actor system.</remarks>
internal sealed class LostQuestions : IExtension
{
    private LostQuestions(ExtendedActorSystem system) =>
        system.EventStream.Subscribe(system.SystemActorOf(Props.Create(() => new Answerer()), "akkaprivacy-lost-questions"), typeof(DeadLetter));

    /// <summary>Answers them from now on; further calls change nothing.</summary>
    /// <param name="system">The system of the accounts.</param>
    public static void Answer(ActorSystem system) => system.WithExtension<LostQuestions, Provider>();

    /// <summary>What is said to whoever asked an account that stopped.</summary>
    public static Refused Stopped(string account) => Refused.With(
        RefusalCode.Unavailable, $"Account '{account}' stopped before it answered, because its journal failed or because it moves. Ask again with the same id: the release may have been stored.");

    private sealed class Provider : ExtensionIdProvider<LostQuestions>
    {
        public override LostQuestions CreateExtension(ExtendedActorSystem system) => new(system);
    }

    private sealed class Answerer : ReceiveActor
    {
        public Answerer()
        {
            Receive<DeadLetter>(lost => lost.Message is ILedgerCommand && !lost.Sender.IsNobody(), lost => lost.Sender.Tell(Stopped(((ILedgerCommand)lost.Message).Account)));
            ReceiveAny(_ => { });
        }
    }
}
