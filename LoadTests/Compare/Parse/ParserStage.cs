using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.LoadTests.Compare.Parse;

/// <summary>Starts parsers of lines outside of a pipeline.</summary>
internal static class ParserStage
{
    /// <summary>Plans a parser over lines and starts its stage.</summary>
    /// <param name="parser">The parser.</param>
    /// <param name="pool">Where its batches come from.</param>
    /// <param name="deadLetters">Takes what it leaves out.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="PlanException">The parser cannot be planned.</exception>
    public static Stage<EventBatch, EventBatch> Start(RowOperator parser, BatchPool pool, DeadLetters deadLetters)
    {
        var errors = new PlanErrors();
        var plan = parser.Plan(LineSchema.Instance, errors) ?? throw new PlanException(errors.All);
        var stage = plan.Create();
        stage.Start(new StageContext
        {
            Name = "parse",
            Time = TimeProvider.System,
            Randomness = CryptoRandomSource.Instance,
            Keys = null!,
            Pool = pool,
            DeadLetters = deadLetters,
            Metrics = new StageMetrics(),
        });
        return stage;
    }
}
