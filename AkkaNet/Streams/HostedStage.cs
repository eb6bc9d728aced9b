using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.AkkaNet.Streams;

/// <summary>What a <see cref="StageHost{TIn,TOut}"/> hosts, and who wants to know of it.</summary>
internal sealed record HostedStage<TIn, TOut>
{
    /// <summary>Makes the stage; again after each restart.</summary>
    public required Func<Stage<TIn, TOut>> Create { get; init; }

    /// <summary>Makes what the runtime lends the stage; called once a materialisation.</summary>
    public required Func<StageContext> Context { get; init; }

    public required Func<TIn, int> RowsIn { get; init; }

    public required Func<TOut, int> RowsOut { get; init; }

    /// <summary>The branch that the stage is in; -1 before the branches.</summary>
    public int Branch { get; init; } = -1;

    /// <summary>The state that it takes up after its start; null for none.</summary>
    public Func<ReadOnlyMemory<byte>?>? State { get; init; }

    /// <summary>Told of the stage when it has been started, and again when it was restarted.</summary>
    public Action<IStageLink>? Started { get; init; }

    /// <summary>Told of what stops the host, before the stream is.</summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>Told when the host has been materialised.</summary>
    public Action? Entered { get; init; }

    /// <summary>Told when everything that the host held has been given back.</summary>
    public Action? Stopped { get; init; }
}

/// <summary>Hosts of stages from rows to rows.</summary>
internal static class HostedRows
{
    public static HostedStage<EventBatch, EventBatch> Of(Func<Stage<EventBatch, EventBatch>> create, Func<StageContext> context) => new()
    {
        Create = create,
        Context = context,
        RowsIn = RowChain.Rows,
        RowsOut = RowChain.Rows,
    };
}
