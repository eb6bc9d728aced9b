namespace AkkaPrivacy.Operators.Noise.Continual;

/// <summary>
/// The binary tree: each complete block of 2^l steps has a noised sum, and a total is made of the blocks of its steps' binary
/// digits. Honaker's estimator combines each block's own sum with those of its halves, weighted by their variances.
/// </summary>
/// <remarks>Source: Chan, Shi, Song 2011; Dwork, Naor, Pitassi, Rothblum 2010; Honaker 2015, estimation from below.</remarks>
public sealed class TreeMechanism : ContinualMechanism
{
    /// <summary>Prepares the tree.</summary>
    /// <param name="request">Steps, participations, contribution and cost.</param>
    /// <exception cref="ArgumentOutOfRangeException">sigma would exceed <see cref="DiscreteGaussian.MaxSigma"/>.</exception>
    public TreeMechanism(ContinualRequest request)
        : base(request, PatternSquares(request))
    {
    }

    /// <inheritdoc />
    public override string Description => FormattableString.Invariant($"tree-honaker(steps={Request.Steps}, participations={Request.Participations}, sigma={Sigma:R})");

    /// <inheritdoc />
    public override RunningTotal Start() => new Total(this);

    /// <inheritdoc />
    public override RunningTotal Resume(ReadOnlySpan<long> state)
    {
        var total = new Total(this);
        total.Load(state);
        return total;
    }

    /// <summary>The variance of the estimate of a block of 2^level steps, in units of sigma^2: 2^l / (2^(l+1) - 1).</summary>
    /// <param name="level">The level, from 0.</param>
    /// <returns>From 1 down to 1/2.</returns>
    internal static double BlockVariance(int level) => Math.ScaleB(1, level) / (Math.ScaleB(1, level + 1) - 1);

    /// <summary>The largest sum over all blocks of the squares of how often a subject is in the block.</summary>
    /// <param name="request">Steps and participations.</param>
    /// <returns>That of the first W steps: at each level the fullest blocks.</returns>
    internal static UInt128 PatternSquares(ContinualRequest request)
    {
        UInt128 sum = 0;
        for (int level = 0; 1 << level <= request.Steps; level++)
        {
            (int full, int rest) = Math.DivRem(request.Participations, 1 << level);
            int open = full < request.Steps >> level ? rest : 0; // A block that the period does not complete is not noised.
            sum += ((UInt128)full << (2 * level)) + ((UInt128)open * (UInt128)open);
        }

        return sum;
    }

    internal override double Sigma => Noise.Sigma;

    private protected override double SquaredWeights(int step)
    {
        double sum = 0;
        for (int level = 0; step >> level != 0; level++)
        {
            sum += (step >> level & 1) * BlockVariance(level);
        }

        return sum;
    }

    private sealed class Total(TreeMechanism tree) : RunningTotal(tree.Request.Steps)
    {
        // The blocks of the step's binary digits, largest first.
        private readonly List<Block> _blocks = [];

        public override double Estimate => _blocks.Sum(block => block.Estimate);

        public override long[] Save() =>
            [Step, .. _blocks.SelectMany(block => new[] { block.Level, block.Sum, BitConverter.DoubleToInt64Bits(block.Estimate) })];

        public void Load(ReadOnlySpan<long> state)
        {
            if (state.Length % 3 != 1 || state[0] < 0 || state[0] > tree.Request.Steps)
            {
                throw new FormatException("it is not the state of a tree");
            }

            Step = (int)state[0];
            int rest = Step;
            for (int i = 1; i < state.Length; i += 3)
            {
                double estimate = BitConverter.Int64BitsToDouble(state[i + 2]);
                if (rest == 0 || state[i] != int.Log2(rest) || !double.IsFinite(estimate))
                {
                    throw new FormatException("its blocks are not those of its step");
                }

                _blocks.Add(new Block((int)state[i], state[i + 1], estimate));
                rest -= 1 << (int)state[i];
            }

            if (rest != 0)
            {
                throw new FormatException("its blocks are not those of its step");
            }
        }

        private protected override void Take(long value, RandomBits bits)
        {
            _blocks.Add(new Block(0, value, Noised(value, bits)));
            while (_blocks.Count > 1 && _blocks[^1].Level == _blocks[^2].Level)
            {
                (Block left, Block right) = (_blocks[^2], _blocks[^1]);
                _blocks.RemoveRange(_blocks.Count - 2, 2);
                int level = left.Level + 1;
                long sum = checked(left.Sum + right.Sum);
                double own = BlockVariance(level);
                _blocks.Add(new Block(level, sum, (own * Noised(sum, bits)) + ((1 - own) * (left.Estimate + right.Estimate))));
            }
        }

        private long Noised(long sum, RandomBits bits) => checked(sum + tree.Noise.Sample(bits));
    }

    private readonly record struct Block(int Level, long Sum, double Estimate);
}
